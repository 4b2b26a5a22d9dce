using System.Net;
using System.Text.Json.Nodes;
using Turnstone.Testing;

namespace Turnstone.Server.Tests.Contracts.OAuth2;

/// <summary>Clients that register themselves (RFC 7591): what they become, and what they cannot be.</summary>
public sealed class RegistrationTests
{
    [Fact]
    public async Task One_that_registers_is_told_what_it_became()
    {
        await using var server = await Wire.StartAsync(Registering.Open);

        using var answer = await server.RegisterAsync(Registering.Metadata());
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
        await using var server = await Wire.StartAsync(Registering.Open);
        var metadata = Registering.Metadata();
        metadata["token_endpoint_auth_method"] = method;
        metadata["grant_types"] = new JsonArray("authorization_code", "client_credentials");

        using var answer = await server.RegisterAsync(metadata);
        var body = await answer.BodyAsync();
        var (id, secret) = ((string)body["client_id"]!, (string)body["client_secret"]!);

        Assert.Equal(0, (int)body["client_secret_expires_at"]!);
        Assert.Equal("""["authorization_code"]""", body["grant_types"]!.ToJsonString());
        const string Guess = "grant_type=authorization_code&code=x&redirect_uri=y";
        using var header = await server.FormAsync("/oauth2/token", Guess, Wire.Basic(id, secret));
        using var form = await server.FormAsync("/oauth2/token", $"{Guess}&client_id={id}&client_secret={secret}");
        Assert.Equal(byHeader, await Registering.ErrorAsync(header) != "invalid_client");
        Assert.Equal(!byHeader, await Registering.ErrorAsync(form) != "invalid_client");
        using var own = byHeader
            ? await server.FormAsync("/oauth2/token", "grant_type=client_credentials", Wire.Basic(id, secret))
            : await server.FormAsync(
                "/oauth2/token",
                $"grant_type=client_credentials&client_id={id}&client_secret={secret}"
            );
        Assert.Equal("unauthorized_client", await Registering.ErrorAsync(own));
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
        await using var server = await Wire.StartAsync(Registering.Open);
        foreach (var (changes, error, sentence) in Wrong.Select(row => row.Data))
        {
            var metadata = Registering.Metadata();
            foreach (var (name, value) in JsonNode.Parse(changes)!.AsObject())
            {
                metadata[name] = value?.DeepClone();
            }

            using var answer = await server.RegisterAsync(metadata);
            var body = await answer.BodyAsync();
            Assert.True(answer.StatusCode is HttpStatusCode.BadRequest, changes);
            Assert.Equal((changes, error), (changes, (string?)body["error"]));
            Assert.Contains(sentence, (string?)body["error_description"], StringComparison.Ordinal);
        }

        foreach (var text in new[] { "", "[]", "{", """{"client_name":"a","client_name":"b"}""" })
        {
            using var answer = await server.JsonAsync(Registering.Path, text);
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        }

        using var form = await server.FormAsync(Registering.Path, "client_name=a");
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, form.StatusCode);
        var tooLong = $$"""{"client_name":"{{new string('a', 20_000)}}"}""";
        using var large = await server.JsonAsync(Registering.Path, tooLong);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, large.StatusCode);
    }

    [Fact]
    public async Task One_that_signs_registers_its_keys()
    {
        await using var server = await Wire.StartAsync(Registering.Open);
        using var key = ClientKey.Ec();
        var metadata = Registering.Metadata();
        metadata["token_endpoint_auth_method"] = "private_key_jwt";
        metadata["jwks"] = JsonNode.Parse(ClientKey.Set(key));

        using var answer = await server.RegisterAsync(metadata);
        var body = await answer.BodyAsync();

        Assert.False(body.ContainsKey("client_secret"));
        Assert.True(JsonNode.DeepEquals(metadata["jwks"], body["jwks"]));
        using var asked = await server.FormAsync(
            "/oauth2/token",
            $"grant_type=authorization_code&code=x&{AssertingClient.Proof(server, key, (string)body["client_id"]!)}"
        );
        Assert.Equal("invalid_grant", await Registering.ErrorAsync(asked));
    }

    [Fact]
    public async Task One_with_subjects_of_its_own_has_one_host_and_names_no_sector()
    {
        await using var server = await Wire.StartAsync(Registering.Open);

        async Task<(string? Error, string? Type)> WithAsync(params (string Name, JsonNode Value)[] members)
        {
            var metadata = Registering.Metadata();
            metadata["subject_type"] = "pairwise";
            foreach (var (name, value) in members)
            {
                metadata[name] = value;
            }

            using var answer = await server.RegisterAsync(metadata);
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
}
