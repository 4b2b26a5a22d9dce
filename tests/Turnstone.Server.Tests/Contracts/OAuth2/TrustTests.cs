using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Turnstone.Directory.Trust;
using Turnstone.Grants;
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
            ("is not taken", claims => claims["nbf"] = "now"),
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

    private static Model.AuditEntry Entry() =>
        new()
        {
            Event = Model.AuditEvent.ClientChanged,
            At = TurnstoneServer.Start,
            Caller = Model.Caller.Operator,
        };

    private static async Task<TurnstoneServer> StartAsync(ClientKey key)
    {
        var server = await Wire.StartAsync();
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

    private static string Client(JsonWebToken token) => token.GetClaim("client_id").Value;

    private static async Task RefusedAsync(string error, string sentence, Task<HttpResponseMessage> asking)
    {
        using var answer = await asking;
        var body = await answer.BodyAsync();
        Assert.Equal(error, (string?)body["error"]);
        Assert.Contains(sentence, (string?)body["error_description"], StringComparison.Ordinal);
    }
}
