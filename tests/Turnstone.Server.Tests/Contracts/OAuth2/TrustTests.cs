using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Turnstone.Directory;
using Turnstone.Directory.Trust;
using Turnstone.Grants;
using Turnstone.Model;
using Turnstone.Testing;
using static Turnstone.Server.Tests.Contracts.OAuth2.TrustedProgram;

namespace Turnstone.Server.Tests.Contracts.OAuth2;

/// <summary>RFC 7523 §2.1: a program is a client by the word of an issuer that the client trusts.</summary>
public sealed class TrustTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_assertion_that_is_trusted_gets_a_token_of_the_client_and_is_taken_once()
    {
        using var key = ClientKey.Rsa();
        await using var server = await StartAsync(key);
        var assertion = key.Sign(Claims(server));

        using var answer = await server.AskAsync(assertion, "&scope=individuals.read");
        var said = await answer.BodyAsync();
        var token = new JsonWebToken((string)said["access_token"]!);
        Assert.Equal(("own", "own", "individuals.read"), (token.Subject, Client(token), (string?)said["scope"]));
        Assert.False(said.ContainsKey("refresh_token"));
        using var used = await server.GetAsync("/v3/individuals", token.EncodedToken);
        Assert.Equal(HttpStatusCode.OK, used.StatusCode);

        await RefusedAsync("invalid_grant", "was used before", server.AskAsync(assertion));

        // On another node too, and by the other grant.
        await using var other = await TurnstoneServer.StartAsync(AllContracts.MapAll, beside: server);
        await RefusedAsync("invalid_grant", "was used before", other.AskAsync(assertion));
        await RefusedAsync("invalid_request", "was used before", ExchangeAsync(server, assertion));
    }

    [Fact]
    public async Task A_token_exchange_takes_it_too()
    {
        using var key = ClientKey.Rsa();
        await using var server = await StartAsync(key);

        using var answer = await ExchangeAsync(server, key.Sign(Claims(server)));
        var said = await answer.BodyAsync();

        Assert.Equal(TokenTypes.AccessToken, (string?)said["issued_token_type"]);
        Assert.Equal("own", new JsonWebToken((string)said["access_token"]!).Subject);
        await RefusedAsync("invalid_request", "is not taken", ExchangeAsync(server, key.Sign(Claims(server)), "shop"));
    }

    [Fact]
    public async Task Whatever_is_wrong_with_one_is_named_once_it_is_known_who_signed_it()
    {
        using var key = ClientKey.Rsa();
        using var stranger = ClientKey.Rsa();
        await using var server = await StartAsync(key);
        (string Sentence, Action<JsonObject> Change)[] wrong =
        [
            ("aud of the assertion", claims => claims["aud"] = "https://other.example.test"),
            ("aud of the assertion", claims => claims["aud"] = new JsonArray(Audience, "https://other.example.test")),
            ("claim repository", claims => claims["repository"] = "acme/batch2"),
            ("claim repository", claims => claims["repository"] = new JsonArray("acme/batch")),
            ("claim repository", claims => claims.Remove("repository")),
            ("claim ref", claims => claims["ref"] = "refs/tags/main"),
            ("too old", claims => claims["iat"] = (long)claims["iat"]! - 311),
            ("too old", claims => claims["exp"] = (long)claims["iat"]! - 11),
            ("of the future", claims => claims["nbf"] = (long)claims["iat"]! + 60),
            ("of the future", claims => claims["iat"] = (long)claims["iat"]! + 60),
            ("is not taken", claims => claims["iss"] = "https://gitlab.com"),
            ("is not taken", claims => claims.Remove("iat")),
            ("is not taken", claims => claims.Remove("exp")),
            ("is not taken", claims => claims.Remove("sub")),
            ("is not taken", claims => claims["jti"] = ""),
            ("is not taken", claims => claims["jti"] = 7),
            ("is not taken", claims => claims["jti"] = new string('a', 257)),
            ("is not taken", claims => claims["nbf"] = "now"),
            ("is not taken", claims => claims["iat"] = $"{claims["iat"]}"),
            ("is not taken", claims => claims["exp"] = new JsonArray(claims["exp"]!.DeepClone())),
            ("is not taken", claims => claims["exp"] = 1e300),
            ("is not taken", claims => claims["exp"] = -1),
            ("is not taken", claims => claims["exp"] = null),
            ("is not taken", claims => claims["sub"] = 42),
            ("is not taken", claims => claims["sub"] = ""),
            ("is not taken", claims => claims["iss"] = new JsonArray(Issuer)),
            ("is not taken", claims => claims["iss"] = $"{Issuer}/"),
            ("is not taken", claims => claims["iss"] = Issuer.ToUpperInvariant()),
            ("aud of the assertion", claims => claims["aud"] = 1),
            ("aud of the assertion", claims => claims["aud"] = new JsonObject { ["a"] = Audience }),
            ("aud of the assertion", claims => claims["aud"] = new JsonArray(Audience, Audience)),
            ("aud of the assertion", claims => claims["aud"] = $"{Audience}/"),
            ("aud of the assertion", claims => claims.Remove("aud")),
            ("claim repository", claims => claims["repository"] = new JsonObject { ["a"] = "acme/batch" }),
            ("claim repository", claims => claims["repository"] = "ACME/batch"),
            ("claim ref", claims => claims["ref"] = "refs/heads/a/b"),
            ("claim ref", claims => claims["ref"] = true),
        ];
        foreach (var (sentence, change) in wrong)
        {
            var claims = Claims(server);
            change(claims);
            await RefusedAsync("invalid_grant", sentence, server.AskAsync(key.Sign(claims)));
        }

        var header = key.Header();
        foreach (var typ in new[] { "at+jwt", "dpop+jwt", "oauth-id-jag+jwt", "logout+jwt" })
        {
            header["typ"] = typ;
            await RefusedAsync("invalid_grant", "is not taken", server.AskAsync(key.Sign(Claims(server), header)));
        }

        var good = key.Sign(Claims(server));
        foreach (var forged in new[] { stranger.Sign(Claims(server)), good[..^8] + "AAAAAAAA", "a.b.c" })
        {
            await RefusedAsync("invalid_grant", "is not taken", server.AskAsync(forged));
        }

        await RefusedAsync("invalid_grant", "is not taken", server.AskAsync(good, client: "shop"));
        await RefusedAsync("invalid_grant", "is not taken", server.AskAsync(good, client: "unknown"));
        await RefusedAsync("invalid_grant", "is not taken", server.AskAsync(good, client: Known.PublicClientId));
        using var taken = await server.AskAsync(good);
        Assert.Equal(HttpStatusCode.OK, taken.StatusCode);
    }

    /// <summary>Two readers must not see two assertions in one (RFC 7519 §4).</summary>
    [Theory]
    [InlineData("repository", "acme/other")]
    [InlineData("aud", "https://other.example.test")]
    [InlineData("iss", "https://other.example.test")]
    public async Task A_claim_that_comes_twice_makes_it_none(string claim, string other)
    {
        using var key = ClientKey.Rsa();
        await using var server = await StartAsync(key);
        var claims = Claims(server).ToJsonString();

        foreach (
            var twice in new[]
            {
                $"{{\"{claim}\":\"{other}\",{claims[1..]}",
                $"{claims[..^1]},\"{claim}\":\"{other}\"}}",
                $"{claims[..^1]},\"\\u{(int)claim[0]:x4}{claim[1..]}\":\"{other}\"}}",
            }
        )
        {
            var text = $"{Encoded(key.Header().ToJsonString())}.{Encoded(twice)}";
            await RefusedAsync("invalid_grant", "is not taken", server.AskAsync(key.Signed(text)));
        }
    }

    /// <summary>RFC 8725 §2.1: the key says how it signs, not the assertion.</summary>
    [Fact]
    public async Task A_public_key_is_no_secret_and_no_signature_is_none()
    {
        using var key = ClientKey.Rsa();
        using var own = ClientKey.Rsa();
        await using var server = await StartAsync(key);
        foreach (var alg in new[] { "HS256", "none", "None", "RS1", "PS512", "ES256" })
        {
            var header = key.Header();
            header["alg"] = alg;
            var text = $"{Encoded(header.ToJsonString())}.{Encoded(Claims(server).ToJsonString())}";
            var byPublicKey = HMACSHA256.HashData(
                Encoding.UTF8.GetBytes(ClientKey.Set(key)),
                Encoding.ASCII.GetBytes(text)
            );
            await RefusedAsync(
                "invalid_grant",
                "is not taken",
                server.AskAsync($"{text}.{Base64UrlText.Encode(byPublicKey)}")
            );
            await RefusedAsync("invalid_grant", "is not taken", server.AskAsync(key.Signed(text)));
            await RefusedAsync("invalid_grant", "is not taken", server.AskAsync($"{text}."));
        }

        foreach (var member in new[] { "jwk", "jku", "x5u", "x5c", "crit" })
        {
            var header = own.Header();
            header[member] = member == "jwk" ? own.Jwk() : "https://other.example.test/keys";
            await RefusedAsync("invalid_grant", "is not taken", server.AskAsync(own.Sign(Claims(server), header)));
        }
    }

    /// <summary>A token of ours proves no client, even where somebody has made a rule of our own name.</summary>
    [Fact]
    public async Task What_this_server_has_signed_is_nobodys_assertion()
    {
        using var key = ClientKey.Rsa();
        await using var server = await StartAsync(key);
        await TrustAsync(server, Rule(key, issuer: Audience));

        await RefusedAsync("invalid_grant", "is not taken", server.AskAsync(key.Sign(Claims(server, Audience))));
        using var exchanged = await ExchangeAsync(server, key.Sign(Claims(server, Audience)));
        Assert.Equal(HttpStatusCode.Unauthorized, exchanged.StatusCode);
    }

    /// <summary>The parameters of the form are named before anything is spent.</summary>
    [Fact]
    public async Task What_is_wrong_with_the_form_is_named_and_the_assertion_stays_good()
    {
        using var key = ClientKey.Rsa();
        await using var server = await StartAsync(key);
        var assertion = key.Sign(Claims(server));

        await RefusedAsync("invalid_request", "more than once", server.AskAsync(assertion, $"&assertion={assertion}"));
        await RefusedAsync("invalid_request", "is missing", server.AskAsync(""));
        await RefusedAsync("invalid_request", "is too long", server.AskAsync(new string('a', 8_193)));
        using var taken = await server.AskAsync(assertion);
        Assert.Equal(HttpStatusCode.OK, taken.StatusCode);
    }

    [Fact]
    public async Task A_client_of_fapi2_proves_itself_and_is_proven_by_nobody_else()
    {
        using var key = ClientKey.Rsa();
        await using var server = await Wire.StartAsync();
        await AssertingClient.AddAsync(server, key, client => client with { Profile = ClientProfile.Fapi2 });
        await TrustAsync(server, Rule(key, client: AssertingClient.Id));

        await RefusedAsync(
            "invalid_grant",
            "is not taken",
            server.AskAsync(key.Sign(Claims(server)), client: AssertingClient.Id)
        );
    }

    [Fact]
    public async Task Whoever_sends_what_is_not_taken_again_and_again_is_told_to_wait_and_the_program_is_not()
    {
        using var key = ClientKey.Rsa();
        await using var server = await StartAsync(key, "Turnstone:Limits:RefusalsPerNetwork:Count=3");
        var claims = Claims(server);
        claims["repository"] = "evil/batch";
        HttpStatusCode status;
        var asked = 0;
        do
        {
            claims["jti"] = $"{asked}";
            using var answer = await server.AskAsync(key.Sign(claims));
            status = answer.StatusCode;
        } while (status is HttpStatusCode.BadRequest && ++asked < 9);

        Assert.Equal(HttpStatusCode.TooManyRequests, status);
        using var taken = await server.AskAsync(key.Sign(Claims(server)));
        Assert.Equal(HttpStatusCode.OK, taken.StatusCode);
    }

    [Fact]
    public async Task Trust_is_for_nothing_else_and_a_secret_beside_it_proves_nothing_more()
    {
        using var key = ClientKey.Rsa();
        await using var server = await StartAsync(key);
        var assertion = key.Sign(Claims(server));

        // Registered for neither grant: whoever has the secret gets nothing by them.
        await RefusedAsync(
            "unauthorized_client",
            "may not use this grant",
            server.AskAsync(assertion, headers: OwnClient.Basic)
        );
        await RefusedAsync("invalid_scope", "", server.AskAsync(assertion, "&scope=individuals.write"));
        using var without = await server.FormAsync(
            "/oauth2/token",
            $"grant_type={Uri.EscapeDataString(JwtBearerGrant.TypeName)}&assertion={key.Sign(Claims(server))}"
        );
        Assert.Equal("invalid_client", (string?)(await without.BodyAsync())["error"]);
        using var elsewhere = await server.FormAsync(
            "/oauth2/introspect",
            $"client_id=own&token=a&assertion={key.Sign(Claims(server))}"
        );
        Assert.Equal(HttpStatusCode.Unauthorized, elsewhere.StatusCode);
    }

    [Fact]
    public async Task One_without_a_name_is_known_by_what_was_signed()
    {
        using var key = ClientKey.Ec();
        await using var server = await StartAsync(key);
        var claims = Claims(server);
        claims.Remove("jti");
        var assertion = key.Sign(claims);
        using var first = await server.AskAsync(assertion);
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);

        // ECDSA signs the same text anew each time.
        var text = assertion[..assertion.LastIndexOf('.')];
        await RefusedAsync("invalid_grant", "was used before", server.AskAsync(key.Signed(text)));
    }

    [Fact]
    public async Task Its_owner_sees_who_was_let_in_and_what_the_last_refused_one_lacked()
    {
        using var key = ClientKey.Rsa();
        await using var server = await StartAsync(key);
        (await server.AskAsync(key.Sign(Claims(server)))).Dispose();
        var claims = Claims(server);
        claims["ref"] = "refs/tags/v1";
        (await server.AskAsync(key.Sign(claims))).Dispose();
        using var stranger = ClientKey.Rsa();
        claims["ref"] = "refs/tags/v2";
        (await server.AskAsync(stranger.Sign(claims))).Dispose();

        var rule = Assert.Single(await server.Services.GetRequiredService<ITrustStore>().ListAsync("own", Cancel));

        Assert.Equal("repo:acme/batch:ref:refs/heads/main", rule.Used?.By);
        Assert.Equal("claim ref=refs/tags/v1", rule.Refused?.Lacked);
    }

    [Fact]
    public async Task What_is_no_longer_trusted_is_refused_at_once()
    {
        using var key = ClientKey.Rsa();
        await using var server = await StartAsync(key);
        (await server.AskAsync(key.Sign(Claims(server)))).Dispose();
        var store = server.Services.GetRequiredService<ITrustStore>();
        var rule = Assert.Single(await store.ListAsync("own", Cancel));

        Assert.False((await store.RemoveAsync("shop", rule.Id, Entry(), Cancel)).IsCommitted);
        Assert.True((await store.RemoveAsync("own", rule.Id, Entry(), Cancel)).IsCommitted);

        await RefusedAsync("invalid_grant", "is not taken", server.AskAsync(key.Sign(Claims(server))));
    }

    private static AuditEntry Entry() =>
        new()
        {
            Event = AuditEvent.ClientChanged,
            At = TurnstoneServer.Start,
            Caller = Caller.Operator,
        };

    private static async Task<TurnstoneServer> StartAsync(ClientKey key, params string[] settings)
    {
        var server = await Wire.StartAsync(settings);
        await OwnClient.AddAsync(server, client => client with { GrantTypes = [] });
        await TrustAsync(server, Rule(key));
        return server;
    }

    private static Task<HttpResponseMessage> ExchangeAsync(
        TurnstoneServer server,
        string assertion,
        string client = "own"
    ) =>
        server.FormAsync(
            "/oauth2/token",
            $"grant_type={Uri.EscapeDataString(TokenExchangeGrant.TypeName)}&client_id={client}"
                + $"&subject_token={assertion}&subject_token_type={Uri.EscapeDataString(TokenTypes.Jwt)}"
        );

    private static string Encoded(string json) => Base64UrlText.Encode(Encoding.UTF8.GetBytes(json));

    private static string Client(JsonWebToken token) => token.GetClaim("client_id").Value;

    private static async Task RefusedAsync(string error, string sentence, Task<HttpResponseMessage> asking)
    {
        using var answer = await asking;
        var body = await answer.BodyAsync();
        Assert.Equal(error, (string?)body["error"]);
        Assert.Contains(sentence, (string?)body["error_description"], StringComparison.Ordinal);
    }
}
