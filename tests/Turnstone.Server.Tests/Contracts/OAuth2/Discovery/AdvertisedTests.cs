using System.Net;
using System.Text.Json.Nodes;
using Turnstone.Directory.ClientProofs;
using Turnstone.Server.Tests.Portal;
using Turnstone.Testing;

namespace Turnstone.Server.Tests.Contracts.OAuth2.Discovery;

/// <summary>
/// How a client may prove itself at an endpoint, as the metadata say it: that is taken, and nothing else.
/// </summary>
public sealed class AdvertisedTests
{
    private const string Secret = "a-secret-that-needs-no-escaping-in-a-form";

    private static readonly string[] Algorithms = ["ES256", "RS256", "PS256"];

    private static readonly (string Method, ClientMethod Registered)[] Methods =
    [
        ("client_secret_basic", ClientMethod.ClientSecretBasic),
        ("client_secret_post", ClientMethod.ClientSecretPost),
        ("private_key_jwt", ClientMethod.PrivateKeyJwt),
        ("none", ClientMethod.None),
    ];

    [Theory]
    [InlineData("token", "/oauth2/token", "grant_type=refresh_token&refresh_token=x")]
    [InlineData("revocation", "/oauth2/revoke", "token=x")]
    [InlineData("introspection", "/oauth2/introspect", "token=x")]
    public async Task Each_method_that_an_endpoint_names_is_taken_there_and_no_other(
        string endpoint,
        string path,
        string form
    )
    {
        await using var server = await Wire.StartAsync();
        using var metadata = await server.GetAsync("/.well-known/oauth-authorization-server");
        var named = Values(await metadata.BodyAsync(), $"{endpoint}_endpoint_auth_methods_supported");
        using var key = ClientKey.Ec();
        var taken = new List<string>();
        foreach (var (method, registered) in Methods)
        {
            await AddAsync(server, method, registered, key);
            if (await IsTakenAsync(server, path, form, method, key))
            {
                taken.Add(method);
            }
        }

        Assert.Equal(named, taken);
    }

    [Theory]
    [InlineData("token", "/oauth2/token", "grant_type=client_credentials")]
    [InlineData("revocation", "/oauth2/revoke", "token=x")]
    [InlineData("introspection", "/oauth2/introspect", "token=x")]
    public async Task Each_algorithm_that_an_endpoint_names_is_taken_there(string endpoint, string path, string form)
    {
        await using var server = await Wire.StartAsync();
        using var metadata = await server.GetAsync("/.well-known/oauth-authorization-server");
        var named = Values(await metadata.BodyAsync(), $"{endpoint}_endpoint_auth_signing_alg_values_supported");

        Assert.Equal(Algorithms, named);
        foreach (var algorithm in named)
        {
            using var key = algorithm == "ES256" ? ClientKey.Ec() : ClientKey.Rsa(algorithm);
            await AssertingClient.AddAsync(server, key, client => client with { MayIntrospect = true }, algorithm);
            using var answer = await server.FormAsync(
                path,
                $"{form}&{AssertingClient.Proof(server, key, algorithm)}"
            );
            Assert.Equal((algorithm, HttpStatusCode.OK), (algorithm, answer.StatusCode));
        }
    }

    private static Task AddAsync(TurnstoneServer server, string id, ClientMethod method, ClientKey key) =>
        method is ClientMethod.PrivateKeyJwt
            ? AssertingClient.AddAsync(server, key, client => client with { MayIntrospect = true }, id)
            : AddAsync(server, id, method);

    private static async Task AddAsync(TurnstoneServer server, string id, ClientMethod method)
    {
        var client = new Turnstone.Directory.Client
        {
            Id = id,
            Name = id,
            Public = method is ClientMethod.None,
            Method = method,
            MayIntrospect = true,
            RedirectUris = [Known.RedirectUri],
            GrantTypes = ["authorization_code", "refresh_token"],
            CreatedAt = default,
        };
        Assert.NotNull(
            await server
                .Of<Turnstone.Directory.Clients>()
                .CreateAsync(
                    client,
                    client.HasSecrets ? Secret : null,
                    Turnstone.Model.Caller.Operator,
                    TestContext.Current.CancellationToken
                )
        );
    }

    /// <summary>The token of the token endpoint is no good, so a client that is taken is told that.</summary>
    private static async Task<bool> IsTakenAsync(
        TurnstoneServer server,
        string path,
        string form,
        string method,
        ClientKey key
    )
    {
        (string Name, string Value)[] headers = method == "client_secret_basic" ? [Wire.Basic(method, Secret)] : [];
        var proof = method switch
        {
            "client_secret_post" => $"&client_id={method}&client_secret={Secret}",
            "private_key_jwt" => $"&{AssertingClient.Proof(server, key, method)}",
            "none" => $"&client_id={method}",
            _ => "",
        };
        using var answer = await server.FormAsync(path, form + proof, headers);
        return answer.IsSuccessStatusCode || (string?)(await answer.BodyAsync())["error"] == "invalid_grant";
    }

    private static List<string> Values(JsonObject metadata, string member) =>
        [.. metadata[member]!.AsArray().Select(value => (string)value!)];
}
