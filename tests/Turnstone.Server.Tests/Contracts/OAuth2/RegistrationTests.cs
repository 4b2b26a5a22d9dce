using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Turnstone.Directory;
using Turnstone.Testing;

namespace Turnstone.Server.Tests.Contracts.OAuth2;

/// <summary>Clients that register themselves (RFC 7591) and manage that (RFC 7592).</summary>
public sealed class RegistrationTests
{
    private const string Path = "/oauth2/register";
    private const string Open = "Turnstone:Clients:Registration=Open";
    private const string Token = "an initial access token of the tests";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_that_registers_is_told_what_it_became()
    {
        await using var server = await Wire.StartAsync(Open);

        using var answer = await RegisterAsync(server, Metadata());
        var body = await answer.BodyAsync();

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.Equal("no-store", answer.Headers.CacheControl?.ToString());
        Assert.Equal(
            ("Agent", "none", "native", "openid profile email offline_access individuals.read"),
            (
                (string?)body["client_name"],
                (string?)body["token_endpoint_auth_method"],
                (string?)body["application_type"],
                (string?)body["scope"]
            )
        );
        Assert.Equal("""["authorization_code","refresh_token"]""", body["grant_types"]!.ToJsonString());
        Assert.Equal(server.Time.GetUtcNow().ToUnixTimeSeconds(), (long)body["client_id_issued_at"]!);
        Assert.Equal(
            $"https://id.example.test/oauth2/register/{body["client_id"]}",
            (string?)body["registration_client_uri"]
        );
        Assert.StartsWith("tsg_", (string?)body["registration_access_token"], StringComparison.Ordinal);
        Assert.False(body.ContainsKey("client_secret"));
        var token = (string)body["registration_access_token"]!;
        Assert.DoesNotContain(token, await server.StoredAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("client_secret_basic", true)]
    [InlineData("client_secret_post", false)]
    public async Task One_with_a_secret_proves_itself_by_that_alone_and_gets_nothing_for_itself(
        string? method,
        bool byHeader
    )
    {
        await using var server = await Wire.StartAsync(Open);
        var metadata = Metadata();
        metadata["token_endpoint_auth_method"] = method;
        metadata["grant_types"] = new JsonArray("authorization_code", "client_credentials");

        using var answer = await RegisterAsync(server, metadata);
        var body = await answer.BodyAsync();
        var (id, secret) = ((string)body["client_id"]!, (string)body["client_secret"]!);

        Assert.Equal(0, (int)body["client_secret_expires_at"]!);
        Assert.Equal("""["authorization_code"]""", body["grant_types"]!.ToJsonString());
        const string Guess = "grant_type=authorization_code&code=x&redirect_uri=y";
        using var header = await server.FormAsync("/oauth2/token", Guess, Wire.Basic(id, secret));
        using var form = await server.FormAsync("/oauth2/token", $"{Guess}&client_id={id}&client_secret={secret}");
        Assert.Equal(byHeader, await ErrorAsync(header) != "invalid_client");
        Assert.Equal(!byHeader, await ErrorAsync(form) != "invalid_client");
        using var own = byHeader
            ? await server.FormAsync("/oauth2/token", "grant_type=client_credentials", Wire.Basic(id, secret))
            : await server.FormAsync(
                "/oauth2/token",
                $"grant_type=client_credentials&client_id={id}&client_secret={secret}"
            );
        Assert.Equal("unauthorized_client", await ErrorAsync(own));
    }

    public static TheoryData<string, string, string> Wrong { get; } =
        new()
        {
            { """{"redirect_uris":null}""", "invalid_redirect_uri", "redirect_uris is missing" },
            { """{"redirect_uris":[]}""", "invalid_redirect_uri", "redirect_uris is missing" },
            { """{"redirect_uris":[7]}""", "invalid_client_metadata", "redirect_uris" },
            { """{"redirect_uris":["http://a.example.test/"]}""", "invalid_redirect_uri", "redirect_uris[0]" },
            { """{"redirect_uris":["javascript:alert(1)"]}""", "invalid_redirect_uri", "redirect_uris[0]" },
            { """{"redirect_uris":["data:text/html,x"]}""", "invalid_redirect_uri", "redirect_uris[0]" },
            { """{"redirect_uris":["https://a.example.test\\@b.example.test/"]}""", "invalid_redirect_uri", "[0]" },
            { """{"application_type":"web"}""", "invalid_redirect_uri", "web" },
            { """{"application_type":"phone"}""", "invalid_client_metadata", "application_type" },
            { """{"application_type":["web"]}""", "invalid_client_metadata", "application_type" },
            { """{"token_endpoint_auth_method":"tls_client_auth"}""", "invalid_client_metadata", "must be" },
            { """{"token_endpoint_auth_method":"private_key_jwt"}""", "invalid_client_metadata", "jwks" },
            { """{"grant_types":["password"]}""", "invalid_client_metadata", "grant_types" },
            { """{"grant_types":["client_credentials"]}""", "invalid_client_metadata", "grant_types" },
            { """{"response_types":["id_token"]}""", "invalid_client_metadata", "response_types" },
            { """{"client_name":""}""", "invalid_client_metadata", "client_name" },
            { """{"scope":7}""", "invalid_client_metadata", "scope" },
        };

    [Fact]
    public async Task What_cannot_be_registered_is_named()
    {
        await using var server = await Wire.StartAsync(Open);
        foreach (var (changes, error, sentence) in Wrong.Select(row => row.Data))
        {
            var metadata = Metadata();
            foreach (var (name, value) in JsonNode.Parse(changes)!.AsObject())
            {
                metadata[name] = value?.DeepClone();
            }

            using var answer = await RegisterAsync(server, metadata);
            var body = await answer.BodyAsync();
            Assert.True(answer.StatusCode is HttpStatusCode.BadRequest, changes);
            Assert.Equal((changes, error), (changes, (string?)body["error"]));
            Assert.Contains(sentence, (string?)body["error_description"], StringComparison.Ordinal);
        }

        foreach (var text in new[] { "", "[]", "{", """{"client_name":"a","client_name":"b"}""" })
        {
            using var answer = await server.JsonAsync(Path, text);
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        }

        using var form = await server.FormAsync(Path, "client_name=a");
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, form.StatusCode);
        using var large = await server.JsonAsync(Path, $$"""{"client_name":"{{new string('a', 20_000)}}"}""");
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, large.StatusCode);
    }

    [Fact]
    public async Task Where_it_is_closed_nobody_registers_and_discovery_offers_nothing()
    {
        await using var server = await Wire.StartAsync();

        using var answer = await RegisterAsync(server, Metadata());

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.False(await OffersAsync(server));
    }

    [Fact]
    public async Task With_initial_access_tokens_only_their_holders_register()
    {
        await using var server = await Wire.StartAsync(
            "Turnstone:Clients:Registration=WithToken",
            $"Turnstone:Clients:RegistrationTokens:0={Token}",
            $"Turnstone:Clients:RegistrationTokens:1={Token} too"
        );

        foreach (var token in new[] { null, "", Token[1..], Token + "x", "tsg_" })
        {
            using var refused = await RegisterAsync(server, Metadata(), token);
            Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
            Assert.Contains("invalid_token", refused.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        }

        using var first = await RegisterAsync(server, Metadata(), Token);
        using var second = await RegisterAsync(server, Metadata(), $"{Token} too");
        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.Created), (first.StatusCode, second.StatusCode));
        Assert.True(await OffersAsync(server));
    }

    [Fact]
    public async Task A_network_registers_so_many_and_then_has_to_wait()
    {
        await using var server = await Wire.StartAsync(Open, "Turnstone:Limits:RegistrationsPerNetwork:Count=2");
        for (var i = 0; i < 2; i++)
        {
            using var made = await RegisterAsync(server, Metadata());
            Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        }

        using var refused = await RegisterAsync(server, Metadata());

        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.NotNull(refused.Headers.RetryAfter);
    }

    [Fact]
    public async Task Its_token_reads_changes_and_deletes_it_and_no_other()
    {
        await using var server = await Wire.StartAsync(Open);
        using var one = await RegisterAsync(server, Metadata());
        using var other = await RegisterAsync(server, Metadata());
        var (mine, theirs) = (await one.BodyAsync(), await other.BodyAsync());
        var (id, token) = ((string)mine["client_id"]!, (string)mine["registration_access_token"]!);

        using var read = await ManageAsync(server, HttpMethod.Get, id, token);
        Assert.Equal(mine.ToJsonString(), (await read.BodyAsync()).ToJsonString());
        var changed = Metadata();
        changed["client_id"] = id;
        changed["client_name"] = "Another name";
        changed["redirect_uris"] = new JsonArray("https://agent.example.test/callback");
        using var put = await ManageAsync(server, HttpMethod.Put, id, token, changed);
        Assert.Equal(
            ("Another name", "web"),
            ((string?)(await put.BodyAsync())["client_name"], (string?)(await put.BodyAsync())["application_type"])
        );

        foreach (var method in new[] { HttpMethod.Get, HttpMethod.Put, HttpMethod.Delete })
        {
            foreach (
                var (ofId, by) in new[]
                {
                    (id, (string)theirs["registration_access_token"]!),
                    (id, ""),
                    (id, "tsg_x"),
                    ("nobody", token),
                    (Known.ClientId, token),
                    ("%01", token),
                }
            )
            {
                using var refused = await ManageAsync(server, method, ofId, by, changed);
                Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
            }
        }

        using var deleted = await ManageAsync(server, HttpMethod.Delete, id, token);
        using var gone = await ManageAsync(server, HttpMethod.Get, id, token);
        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.Unauthorized), (deleted.StatusCode, gone.StatusCode));
        Assert.Null(await server.Services.GetRequiredService<IClientStore>().FindAsync(id, Cancel));
        using var patch = await ManageAsync(server, HttpMethod.Patch, id, token);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, patch.StatusCode);
    }

    [Theory]
    [InlineData("client_id", "\"another\"")]
    [InlineData("client_id", "null")]
    [InlineData("client_secret", "\"wrong\"")]
    [InlineData("registration_access_token", "\"tsg_x\"")]
    [InlineData("registration_client_uri", "\"https://id.example.test/\"")]
    [InlineData("client_secret_expires_at", "0")]
    [InlineData("client_id_issued_at", "0")]
    [InlineData("token_endpoint_auth_method", "\"client_secret_basic\"")]
    [InlineData("redirect_uris", "[\"http://a.example.test/\"]")]
    public async Task A_change_must_not_say_what_the_server_says(string member, string json)
    {
        await using var server = await Wire.StartAsync(Open);
        using var made = await RegisterAsync(server, Metadata());
        var body = await made.BodyAsync();
        var (id, token) = ((string)body["client_id"]!, (string)body["registration_access_token"]!);
        var changed = Metadata();
        changed["client_id"] = id;
        changed[member] = JsonNode.Parse(json);

        using var refused = await ManageAsync(server, HttpMethod.Put, id, token, changed);

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        using var read = await ManageAsync(server, HttpMethod.Get, id, token);
        Assert.Equal(body.ToJsonString(), (await read.BodyAsync()).ToJsonString());
    }

    [Fact]
    public async Task One_that_signs_registers_its_keys()
    {
        await using var server = await Wire.StartAsync(Open);
        using var key = ClientKey.Ec();
        var metadata = Metadata();
        metadata["token_endpoint_auth_method"] = "private_key_jwt";
        metadata["jwks"] = JsonNode.Parse(ClientKey.Set(key));

        using var answer = await RegisterAsync(server, metadata);
        var body = await answer.BodyAsync();

        Assert.False(body.ContainsKey("client_secret"));
        Assert.True(JsonNode.DeepEquals(metadata["jwks"], body["jwks"]));
        using var asked = await server.FormAsync(
            "/oauth2/token",
            $"grant_type=authorization_code&code=x&{AssertingClient.Proof(server, key, (string)body["client_id"]!)}"
        );
        Assert.Equal("invalid_grant", await ErrorAsync(asked));
    }

    [Fact]
    public async Task A_page_may_register_only_where_everybody_may()
    {
        await using var server = await Wire.StartAsync(Open);
        using var open = await SendAsync(server, HttpMethod.Post, Path, Metadata(), ("Origin", "https://page.example"));
        Assert.Equal("*", open.Headers.GetValues("Access-Control-Allow-Origin").Single());
        Assert.False(open.Headers.Contains("Access-Control-Allow-Credentials"));
    }

    [Fact]
    public async Task One_with_subjects_of_its_own_has_one_host_and_names_no_sector()
    {
        await using var server = await Wire.StartAsync(Open);

        async Task<(string? Error, string? Type)> WithAsync(params (string Name, JsonNode Value)[] members)
        {
            var metadata = Metadata();
            metadata["subject_type"] = "pairwise";
            foreach (var (name, value) in members)
            {
                metadata[name] = value;
            }

            using var answer = await RegisterAsync(server, metadata);
            var body = await answer.BodyAsync();
            return ((string?)body["error"], (string?)body["subject_type"]);
        }

        const string Refused = "invalid_client_metadata";
        JsonArray two = ["https://a.example.test/cb", "https://b.example.test/cb"];
        JsonArray one = ["https://a.example.test/cb", "https://a.example.test/other"];
        Assert.Equal((null, "pairwise"), await WithAsync());
        Assert.Equal((null, "pairwise"), await WithAsync(("redirect_uris", one)));
        Assert.Equal((null, "public"), await WithAsync(("subject_type", "public")));
        Assert.Equal((Refused, null), await WithAsync(("redirect_uris", two)));
        Assert.Equal((Refused, null), await WithAsync(("subject_type", "ephemeral")));
        Assert.Equal(
            (Refused, null),
            await WithAsync(("sector_identifier_uri", "https://a.example.test/redirect_uris.json"))
        );
    }

    private static JsonObject Metadata() =>
        new()
        {
            ["client_name"] = "Agent",
            ["redirect_uris"] = new JsonArray("http://127.0.0.1:8501/callback"),
            ["grant_types"] = new JsonArray("authorization_code", "refresh_token"),
            ["token_endpoint_auth_method"] = "none",
            ["software_id"] = "ignored",
        };

    private static Task<HttpResponseMessage> RegisterAsync(
        TurnstoneServer server,
        JsonObject metadata,
        string? token = null
    ) =>
        token is null
            ? SendAsync(server, HttpMethod.Post, Path, metadata)
            : SendAsync(server, HttpMethod.Post, Path, metadata, ("Authorization", $"Bearer {token}"));

    private static Task<HttpResponseMessage> ManageAsync(
        TurnstoneServer server,
        HttpMethod method,
        string id,
        string token,
        JsonObject? metadata = null
    ) =>
        SendAsync(
            server,
            method,
            $"{Path}/{id}",
            method == HttpMethod.Put ? metadata : null,
            ("Authorization", $"Bearer {token}")
        );

    private static Task<HttpResponseMessage> SendAsync(
        TurnstoneServer server,
        HttpMethod method,
        string path,
        JsonObject? body,
        params (string Name, string Value)[] headers
    ) =>
        server.SendAsync(
            method,
            path,
            body is null ? null : new StringContent(body.ToJsonString(), System.Text.Encoding.UTF8, "application/json"),
            headers
        );

    private static async Task<string?> ErrorAsync(HttpResponseMessage answer) =>
        (string?)(await answer.BodyAsync())["error"];

    private static async Task<bool> OffersAsync(TurnstoneServer server)
    {
        using var metadata = await server.GetAsync("/.well-known/openid-configuration");
        return (await metadata.BodyAsync()).ContainsKey("registration_endpoint");
    }
}
