using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Turnstone.Directory;
using Turnstone.Directory.ClientProofs;
using Turnstone.Model;
using Turnstone.Testing;
using Turnstone.Tokens;
using Turnstone.Tokens.Keys;

namespace Turnstone.Server.Tests.Contracts.OAuth2;

/// <summary>A client that proves itself by <c>private_key_jwt</c>, and the forms it sends.</summary>
internal static class AssertingClient
{
    public const string Id = "asserting";
    public const string Issuer = "https://id.example.test";
    public const string Grant = "grant_type=client_credentials";

    public static async Task AddAsync(
        TurnstoneServer server,
        ClientKey key,
        Func<Client, Client>? differently = null,
        string id = Id
    )
    {
        Assert.True(VerificationKeys.TryRead(ClientKey.Set(key), out var keys, out var problem), problem);
        var client = new Client
        {
            Id = id,
            Name = id,
            Method = ClientMethod.PrivateKeyJwt,
            Keys = keys,
            RedirectUris = [Known.RedirectUri],
            GrantTypes = ["authorization_code", "refresh_token", "client_credentials"],
            Scopes = Scopes.Of(["openid", "email", "individuals.read"]),
            CreatedAt = default,
        };
        Assert.NotNull(
            await server
                .Services.GetRequiredService<Clients>()
                .CreateAsync(
                    differently?.Invoke(client) ?? client,
                    givenSecret: null,
                    Caller.Operator,
                    TestContext.Current.CancellationToken
                )
        );
    }

    public static JsonObject Claims(TurnstoneServer server, string id = Id) =>
        ClientKey.Claims(id, Issuer, server.Time.GetUtcNow());

    /// <summary>What proves it, to be sent with a form.</summary>
    public static string Proof(TurnstoneServer server, ClientKey key, string id = Id) =>
        Proof(key.Sign(Claims(server, id)));

    public static string Proof(string assertion) =>
        $"client_assertion_type={Uri.EscapeDataString(ClientAssertion.Type)}&client_assertion={assertion}";
}
