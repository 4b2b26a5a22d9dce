using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Turnstone.Audit;
using Turnstone.Grants;
using Turnstone.Model;
using Turnstone.Server.Tests.Contracts.OAuth2.Dpop;
using Turnstone.Testing;

namespace Turnstone.Server.Tests.Contracts.OAuth2;

/// <summary>RFC 8693: a token for less, for who proves himself and may do so.</summary>
public sealed class TokenExchangeTests
{
    private static readonly (string, string) Depot = Wire.Basic(Known.OtherClientId, Known.OtherClientSecret);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_exchanged_token_is_the_same_session_for_another_client_and_says_who_acts()
    {
        await using var server = await StartAsync();
        await Exchanging.AllowAsync(server, Known.OtherClientId);
        var (access, _) = await server.OAuth2Async();
        var subject = new JsonWebToken(access);
        server.Time.Advance(TimeSpan.FromMinutes(10));

        using var answer = await server.ExchangeAsync(access);
        var said = await answer.BodyAsync();
        var plain = new JsonWebToken((string)said["access_token"]!);
        Assert.Equal(
            ["access_token", "issued_token_type", "token_type", "expires_in", "scope"],
            said.Select(member => member.Key)
        );
        Assert.Equal(TokenTypes.AccessToken, (string?)said["issued_token_type"]);
        Assert.Equal(3_000, (int)said["expires_in"]!);
        Assert.Equal(
            (subject.Subject, subject.GetClaim("sid").Value, Exchanging.Agent, subject.ValidTo),
            (plain.Subject, plain.GetClaim("sid").Value, plain.GetClaim("client_id").Value, plain.ValidTo)
        );
        Assert.NotEqual(subject.Id, plain.Id);
        Assert.False(plain.TryGetPayloadValue<object>("act", out _));

        var acting = await server.ExchangedAsync(access, Exchanging.ActsBy(await server.OwnTokenAsync()));
        Assert.Equal($$"""{"sub":"own","client_id":"own"}""", ActOf(acting));

        var further = await server.ExchangedAsync(acting, Exchanging.ActsBy(await server.OwnTokenAsync(Depot)), Depot);
        Assert.Equal(
            $$$"""{"sub":"depot","client_id":"depot","act":{"sub":"own","client_id":"own"}}""",
            ActOf(further)
        );
        Assert.Equal(HttpStatusCode.OK, await UseAsync(server, further));

        using var facts = await server.FormAsync("/oauth2/introspect", $"token={further}", OwnClient.Basic);
        Assert.Equal(ActOf(further), (await facts.BodyAsync())["act"]?.ToJsonString());
    }

    [Fact]
    public async Task Scope_audience_and_time_only_become_fewer()
    {
        await using var server = await StartAsync();
        var (access, _) = await server.OAuth2Async();

        await RefusedAsync("invalid_scope", server.ExchangeAsync(access, "&scope=email"));
        await RefusedAsync("invalid_scope", server.ExchangeAsync(access, "&scope=individuals.read individuals.write"));
        await RefusedAsync("invalid_target", server.ExchangeAsync(access, "&audience=https://other.example.test"));
        await RefusedAsync(
            "invalid_target",
            server.ExchangeAsync(access, "&audience=https://id.example.test&audience=https://other.example.test")
        );
        await RefusedAsync("invalid_target", server.ExchangeAsync(access, "&resource=https://other.example.test"));

        using var narrowed = await server.ExchangeAsync(
            access,
            "&scope=individuals.read&audience=https://id.example.test&resource=https://id.example.test"
        );
        Assert.Equal("individuals.read", (string?)(await narrowed.BodyAsync())["scope"]);

        // Less than the client has is kept, and no more comes back by a second exchange.
        await OwnClient.ChangeAsync(server, client => client with { Scopes = Scopes.Of(["email"]) });
        var none = await server.ExchangedAsync(access);
        Assert.Equal("", new JsonWebToken(none).GetClaim("scope").Value);
        Assert.Equal(HttpStatusCode.Forbidden, await UseAsync(server, none));
        await OwnClient.ChangeAsync(server, client => client with { Scopes = Scopes.Of(["individuals.read"]) });
        await RefusedAsync("invalid_scope", server.ExchangeAsync(none, "&scope=individuals.read"));

        server.Time.Advance(TimeSpan.FromMinutes(20));
        var own = await server.OwnTokenAsync();
        server.Time.Advance(TimeSpan.FromMinutes(35));
        using var late = await server.ExchangeAsync(access, Exchanging.ActsBy(own));
        Assert.Equal(300, (int)(await late.BodyAsync())["expires_in"]!);
        server.Time.Advance(TimeSpan.FromMinutes(6));
        await RefusedAsync("invalid_request", server.ExchangeAsync(access), "invalid_subject_token");
    }

    [Fact]
    public async Task Whoever_may_not_or_shows_no_good_token_gets_none()
    {
        await using var server = await StartAsync();
        var (access, refresh) = await server.OAuth2Async();
        var (own, depot) = (await server.OwnTokenAsync(), await server.OwnTokenAsync(Depot));

        await RefusedAsync("unauthorized_client", server.ExchangeAsync(access, client: Depot));
        await RefusedAsync("invalid_client", server.ExchangeAsync(access, client: Wire.Basic("own", "wrong")));
        await Exchanging.AllowAsync(server, Known.PublicClientId);
        using var browser = await server.FormAsync(
            "/oauth2/token",
            $"grant_type={TokenExchangeGrant.TypeName}&client_id={Known.PublicClientId}"
                + $"&subject_token={access}&subject_token_type={TokenTypes.AccessToken}"
        );
        Assert.Equal("unauthorized_client", (string?)(await browser.BodyAsync())["error"]);

        await RefusedAsync("invalid_request", server.ExchangeAsync("a.b.c"), "invalid_subject_token");
        await RefusedAsync("invalid_request", server.ExchangeAsync(refresh));
        await RefusedAsync(
            "invalid_request",
            server.ExchangeAsync(
                access,
                $"&requested_token_type={Uri.EscapeDataString("urn:ietf:params:oauth:token-type:refresh_token")}"
            )
        );
        await RefusedAsync("invalid_request", server.ExchangeAsync(access, $"&actor_token={own}"));
        await RefusedAsync(
            "invalid_request",
            server.ExchangeAsync(access, $"&actor_token_type={TokenTypes.AccessToken}")
        );
        foreach (var wrong in new[] { depot, access, "a.b.c" })
        {
            await RefusedAsync(
                "invalid_request",
                server.ExchangeAsync(access, Exchanging.ActsBy(wrong)),
                "invalid_subject_token"
            );
        }

        var acting = await server.ExchangedAsync(access, Exchanging.ActsBy(own));
        await RefusedAsync(
            "invalid_request",
            server.ExchangeAsync(access, Exchanging.ActsBy(acting)),
            "invalid_subject_token"
        );
        for (var i = 1; i < 4; i++)
        {
            acting = await server.ExchangedAsync(acting, Exchanging.ActsBy(own));
        }

        await RefusedAsync(
            "invalid_request",
            server.ExchangeAsync(acting, Exchanging.ActsBy(own)),
            "invalid_subject_token"
        );
    }

    /// <summary>It has what was left of its session, so it must not stand for all of it.</summary>
    [Fact]
    public async Task A_company_does_not_act_by_an_exchanged_token()
    {
        await using var server = await StartAsync();
        var (company, _) = await server.OAuthV1Async("company");
        var exchanged = await server.ExchangedAsync(company);

        using var answer = await server.JsonAsync(
            "/v1/oauth/token/create/user",
            Wire.Json(("user_input", Known.Email)),
            ("Authorization", $"Bearer {exchanged}")
        );

        Assert.Equal("unauthorized_client", (string?)(await answer.BodyAsync())["error"]);
    }

    [Fact]
    public async Task A_token_that_is_bound_to_a_key_is_exchanged_with_its_proof_for_one_that_is_bound_to_it()
    {
        await using var server = await StartAsync();
        using var user = ClientKey.Ec();
        var (access, _) = await server.BoundAsync(user);

        using var other = ClientKey.Ec();

        await RefusedAsync("invalid_request", server.ExchangeAsync(access), "invalid_subject_token");
        await RefusedAsync("invalid_request", WithAsync(access, server.Proof(other)), "invalid_subject_token");
        var proof = server.Proof(user);
        using var answer = await WithAsync(access, proof);
        var said = await answer.BodyAsync();
        Assert.Equal("DPoP", (string?)said["token_type"]);
        var exchanged = (string)said["access_token"]!;
        Assert.Equal(user.Thumbprint(), DpopClient.KeyOf(exchanged));

        // Not by a proof that was seen, and what came of it is no bearer token either.
        await RefusedAsync("invalid_dpop_proof", WithAsync(access, proof));
        Assert.Equal(HttpStatusCode.Unauthorized, await UseAsync(server, exchanged));
        await RefusedAsync("invalid_request", server.ExchangeAsync(exchanged), "invalid_subject_token");

        // Who acts may be bound too: by the same key, because one proof comes with a request.
        var (plain, _) = await server.OAuth2Async();
        var own = await OwnAsync(server.Proof(user));
        await RefusedAsync("invalid_request", server.ExchangeAsync(plain, Exchanging.ActsBy(own)));
        using var acting = await WithAsync(access, server.Proof(user), Exchanging.ActsBy(own));
        Assert.Equal(user.Thumbprint(), DpopClient.KeyOf((string)(await acting.BodyAsync())["access_token"]!));
        await RefusedAsync(
            "invalid_request",
            WithAsync(access, server.Proof(user), Exchanging.ActsBy(await OwnAsync(server.Proof(other))))
        );

        Task<string> OwnAsync((string, string) shown) =>
            server
                .FormAsync("/oauth2/token", "grant_type=client_credentials", OwnClient.Basic, shown)
                .MemberAsync("access_token");

        Task<HttpResponseMessage> WithAsync(string subject, (string, string) shown, string more = "") =>
            server.FormAsync(
                "/oauth2/token",
                $"grant_type={Uri.EscapeDataString(TokenExchangeGrant.TypeName)}&subject_token={subject}"
                    + $"&subject_token_type={Uri.EscapeDataString(TokenTypes.AccessToken)}{more}",
                OwnClient.Basic,
                shown
            );
    }

    [Fact]
    public async Task The_record_names_both()
    {
        await using var server = await StartAsync();
        var (access, _) = await server.OAuth2Async();
        await server.ExchangedAsync(access, Exchanging.ActsBy(await server.OwnTokenAsync()));

        var entry = Assert.Single(
            await server
                .Services.GetRequiredService<IAuditLog>()
                .ReadAsync(new AuditQuery { ClientId = Exchanging.Agent }, Cancel),
            entry => entry.Detail?.StartsWith("Exchange", StringComparison.Ordinal) is true
        );

        Assert.Equal(
            ("Exchange of shop by own", Exchanging.Agent, (await Known.AccountAsync(server.Services))!.Id),
            (entry.Detail, entry.ClientId, entry.AccountId!.Value)
        );
        Assert.Equal(new JsonWebToken(access).GetClaim("sid").Value, entry.SessionId.ToString());
    }

    private static async Task<TurnstoneServer> StartAsync()
    {
        var server = await Wire.StartAsync();
        await Exchanging.AddAsync(server, client => client with { MayIntrospect = true });
        return server;
    }

    private static async Task RefusedAsync(string error, Task<HttpResponseMessage> asking, string? code = null)
    {
        using var answer = await asking;
        Assert.Equal(error, (string?)(await answer.BodyAsync())["error"]);
        if (code is not null)
        {
            Assert.Equal(code, Assert.Single(answer.Headers.GetValues("Error-Code")));
        }
    }

    private static string ActOf(string token) =>
        JsonNode
            .Parse(new JsonWebToken(token).GetPayloadValue<System.Text.Json.JsonElement>("act").GetRawText())!
            .ToJsonString();

    private static async Task<HttpStatusCode> UseAsync(TurnstoneServer server, string token)
    {
        using var answer = await server.GetAsync("/v3/individuals", token);
        return answer.StatusCode;
    }
}
