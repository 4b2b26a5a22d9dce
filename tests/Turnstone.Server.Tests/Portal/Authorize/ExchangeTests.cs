using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Sessions;

namespace Turnstone.Server.Tests.Portal.Authorize;

/// <summary>A code of the page at the token endpoints: what it is good for, once, for how long, for whom.</summary>
public sealed class ExchangeTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_works_once_and_a_second_use_revokes_what_the_first_gave()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        var code = await visitor.CodeAsync(AuthorizeUrl.OAuth2(("scope", "email individuals.read")));

        using var first = await OAuth2Async(server, code);
        var tokens = await first.JsonAsync();
        Assert.Equal("email individuals.read", tokens.GetProperty("scope").GetString());
        var access = tokens.GetProperty("access_token").GetString()!;
        using (var good = await server.Http.WithBearerAsync(HttpMethod.Get, "/v1/oauth/token", access))
        {
            Assert.Equal(HttpStatusCode.OK, good.StatusCode);
        }

        using var second = await OAuth2Async(server, code);
        Assert.Equal("invalid_grant", (await second.JsonAsync()).GetProperty("error").GetString());
        using var dead = await server.Http.WithBearerAsync(HttpMethod.Get, "/v1/oauth/token", access);
        Assert.Equal(HttpStatusCode.Unauthorized, dead.StatusCode);
        using var refresh = await server.Http.OAuth2TokenAsync(
            ("grant_type", "refresh_token"),
            ("refresh_token", tokens.GetProperty("refresh_token").GetString()!),
            ("client_id", Known.ClientId),
            ("client_secret", Known.ClientSecret)
        );
        Assert.Equal("invalid_grant", (await refresh.JsonAsync()).GetProperty("error").GetString());
    }

    [Theory]
    [InlineData(59, HttpStatusCode.OK)]
    [InlineData(60, HttpStatusCode.BadRequest)]
    public async Task It_lives_sixty_seconds_at_oauth2(int seconds, HttpStatusCode status)
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        var code = await visitor.CodeAsync(AuthorizeUrl.OAuth2());
        server.Time.Advance(TimeSpan.FromSeconds(seconds));

        using var answer = await OAuth2Async(server, code);

        Assert.Equal(status, answer.StatusCode);
    }

    [Theory]
    [InlineData(299, HttpStatusCode.OK)]
    [InlineData(300, HttpStatusCode.BadRequest)]
    public async Task It_lives_five_minutes_at_v1_oauth(int seconds, HttpStatusCode status)
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        var code = await visitor.CodeAsync(AuthorizeUrl.OAuthV1());
        server.Time.Advance(TimeSpan.FromSeconds(seconds));

        using var answer = await OAuthV1Async(server, code, "user");

        Assert.Equal(status, answer.StatusCode);
    }

    [Theory]
    [InlineData(null, "user", true)]
    [InlineData(null, "company", true)]
    [InlineData("user", "user", true)]
    [InlineData("user", "company", false)]
    [InlineData("company", "company", true)]
    [InlineData("company", "user", false)]
    public async Task A_code_for_one_type_of_token_is_none_for_the_other(string? bound, string type, bool granted)
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        var code = await visitor.CodeAsync(AuthorizeUrl.OAuthV1(("token_type", bound), ("scope", "openid,email")));

        using var answer = await OAuthV1Async(server, code, type);

        Assert.Equal(granted ? HttpStatusCode.OK : HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task A_code_is_no_code_at_the_other_contract_and_none_for_another_client()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);

        using var oauthV1 = await OAuthV1Async(server, await visitor.CodeAsync(AuthorizeUrl.OAuth2()), "user");
        using var oauth2 = await OAuth2Async(server, await visitor.CodeAsync(AuthorizeUrl.OAuthV1()));
        using var depot = await server.Http.OAuth2TokenAsync(
            ("grant_type", "authorization_code"),
            ("code", await visitor.CodeAsync(AuthorizeUrl.OAuth2(("prompt", "consent")))),
            ("redirect_uri", Known.RedirectUri),
            ("code_verifier", AuthorizeUrl.Verifier),
            ("client_id", Known.OtherClientId),
            ("client_secret", Known.OtherClientSecret)
        );

        Assert.All([oauthV1, oauth2, depot], answer => Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode));
    }

    [Theory]
    [InlineData("Xnother-verifier-of-forty-three-characters-at", Known.RedirectUri)]
    [InlineData(null, Known.RedirectUri)]
    [InlineData(AuthorizeUrl.Verifier, null)]
    [InlineData(AuthorizeUrl.Verifier, "http://127.0.0.1:8500/elsewhere")]
    public async Task A_code_that_somebody_else_put_in_is_refused_and_stays_good_for_its_owner(
        string? verifier,
        string? redirect
    )
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        var code = await visitor.CodeAsync(AuthorizeUrl.OAuth2());

        using var injected = await OAuth2Async(server, code, verifier, redirect);
        using var own = await OAuth2Async(server, code);

        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.OK), (injected.StatusCode, own.StatusCode));
    }

    [Fact]
    public async Task An_address_that_was_not_named_is_not_asked_for_again()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        var code = await visitor.CodeAsync(AuthorizeUrl.OAuth2(("redirect_uri", null)));

        using var answer = await OAuth2Async(server, code, redirect: null);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task A_native_program_gets_its_code_at_whichever_port_it_listens()
    {
        const string Here = "http://127.0.0.1:61023/callback";
        await using var server = await PortalServer.StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        using var decided = await visitor.DecideAsync(
            AuthorizeUrl.OAuth2(("client_id", Known.PublicClientId), ("redirect_uri", Here))
        );

        using var answer = await server.Http.OAuth2TokenAsync(
            ("grant_type", "authorization_code"),
            ("code", decided.Answer(Here)["code"]),
            ("redirect_uri", Here),
            ("code_verifier", AuthorizeUrl.Verifier),
            ("client_id", Known.PublicClientId)
        );

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task A_client_that_was_disabled_after_the_code_gets_no_token()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        var code = await visitor.CodeAsync(AuthorizeUrl.OAuth2());
        await ConsentTests.ChangeAsync(server, client => client with { DisabledAt = server.Time.GetUtcNow() });

        using var answer = await OAuth2Async(server, code);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        var account = (await Known.AccountAsync(server.Services))!.Id;
        Assert.Empty(
            await server
                .Services.GetRequiredService<ISessionStore>()
                .ListAsync(SessionHolder.Account(account), 10, Cancel)
        );
    }

    private static Task<HttpResponseMessage> OAuth2Async(
        TurnstoneServer server,
        string code,
        string? verifier = AuthorizeUrl.Verifier,
        string? redirect = Known.RedirectUri
    )
    {
        (string Name, string? Value)[] form =
        [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", redirect),
            ("code_verifier", verifier),
            ("client_id", Known.ClientId),
            ("client_secret", Known.ClientSecret),
        ];
        return server.Http.OAuth2TokenAsync([
            .. form.Where(pair => pair.Value is not null).Select(pair => (pair.Name, pair.Value!)),
        ]);
    }

    private static Task<HttpResponseMessage> OAuthV1Async(TurnstoneServer server, string code, string type) =>
        server.Http.SendJsonAsync(
            $"/v1/oauth/token/{type}",
            new
            {
                grant_type = "authorization_code",
                code,
                redirect_uri = Known.RedirectUri,
                code_verifier = AuthorizeUrl.Verifier,
                client_id = Known.ClientId,
                client_secret = Known.ClientSecret,
            }
        );
}
