using System.Net;
using Turnstone.Server.Tests.Contracts;
using Turnstone.Server.Tests.Contracts.OAuth2.Dpop;
using Turnstone.Server.Tests.Contracts.OAuth2.Resources;
using Turnstone.Server.Tests.Portal;
using Turnstone.Server.Tests.Portal.Authorize;
using Turnstone.Testing;

namespace Turnstone.Server.Tests.Attacks;

/// <summary>The attacks of RFC 9700 (Best Current Practice for OAuth 2.0 Security), by its sections.</summary>
public sealed class Rfc9700Tests
{
    private const string Evil = "https://evil.example.test/";

    private static (string Name, string Value) Shop => Wire.Basic(Known.ClientId, Known.ClientSecret);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("http://127.0.0.1:8501/callback")]
    [InlineData("http://127.0.0.1/callback")]
    [InlineData("https://127.0.0.1:8500/callback")]
    [InlineData("HTTP://127.0.0.1:8500/callback")]
    [InlineData("http://127.0.0.1:8500/Callback")]
    [InlineData("http://127.0.0.1:8500/%63allback")]
    [InlineData("http://127.0.0.1:8500/x/../callback")]
    [InlineData("http://127.0.0.1:8500/callback/")]
    [InlineData("http://127.0.0.1:8500/callback?next=x")]
    [InlineData("http://127.0.0.1:8500/callback#x")]
    [InlineData("http://127.0.0.1:8500@evil.example.test/callback")]
    [InlineData("http://user@127.0.0.1:8500/callback")]
    [InlineData("http://127.0.0.1:8500.evil.example.test/callback")]
    [InlineData("http://127.0.0.1:8500\\@evil.example.test/callback")]
    [InlineData("http://*:8500/callback")]
    [InlineData("http://[::1]:8500/callback")]
    [InlineData("http://localhost:8500/callback")]
    public async Task Section_4_1_no_address_but_the_registered_one_is_answered(string address)
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);

        using var answer = await visitor.GetAsync(AuthorizeUrl.OAuth2(("redirect_uri", address)));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.False(answer.Headers.Contains("Location") || answer.Headers.Contains("Refresh"));
    }

    [Fact]
    public async Task Sections_4_2_and_4_3_neither_a_referrer_nor_the_history_gives_a_code_away_that_is_still_good()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        using var page = await visitor.GetAsync(AuthorizeUrl.OAuth2());
        Assert.Equal("same-origin", Assert.Single(page.Headers.GetValues("Referrer-Policy")));
        var code = await visitor.CodeAsync(AuthorizeUrl.OAuth2());

        Assert.Equal(HttpStatusCode.OK, await ExchangedAsync(server, code));
        Assert.Equal(HttpStatusCode.BadRequest, await ExchangedAsync(server, code));
        var late = await visitor.CodeAsync(AuthorizeUrl.OAuth2(("prompt", "consent")));
        server.Time.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(HttpStatusCode.BadRequest, await ExchangedAsync(server, late));
    }

    [Fact]
    public async Task Section_4_4_every_answer_says_whose_it_is()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);

        using var good = await visitor.DecideAsync(AuthorizeUrl.OAuth2());
        using var denied = await visitor.DecideAsync(AuthorizeUrl.OAuth2(("prompt", "consent")), "deny");
        using var wrong = await visitor.GetAsync(AuthorizeUrl.OAuth2(("scope", "admin")));

        Assert.All([good, denied, wrong], answer => Assert.Equal("https://id.example.test", answer.Answer()["iss"]));
    }

    [Fact]
    public async Task Section_4_5_a_code_that_was_brought_into_another_session_or_client_is_refused()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        var code = await visitor.CodeAsync(AuthorizeUrl.OAuth2());

        Assert.Equal(HttpStatusCode.BadRequest, await ExchangedAsync(server, code, verifier: new('a', 43)));
        Assert.Equal(HttpStatusCode.BadRequest, await ExchangedAsync(server, code, verifier: null));
        var depot = Wire.Basic(Known.OtherClientId, Known.OtherClientSecret);
        Assert.Equal(HttpStatusCode.BadRequest, await ExchangedAsync(server, code, client: depot));

        // None of that took it from its own client.
        Assert.Equal(HttpStatusCode.OK, await ExchangedAsync(server, code));
    }

    [Theory]
    [InlineData("token")]
    [InlineData("id_token")]
    [InlineData("code token")]
    [InlineData("code id_token token")]
    public async Task Section_4_6_no_access_token_passes_through_the_browser(string type)
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);

        using var answer = await visitor.GetAsync(AuthorizeUrl.OAuth2(("response_type", type)));

        Assert.Equal("unsupported_response_type", answer.Answer()["error"]);
        Assert.DoesNotContain("access_token", answer.Headers.Location!.OriginalString, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Section_4_7_a_decision_that_another_page_sends_is_none_and_the_state_comes_back()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);

        using var forged = await visitor.PostAsync(AuthorizeUrl.OAuth2(), ("decision", "allow"));
        using var own = await visitor.DecideAsync(AuthorizeUrl.OAuth2(("state", "a b&c=ü")));

        Assert.Equal(HttpStatusCode.BadRequest, forged.StatusCode);
        Assert.Equal("a b&c=ü", own.Answer()["state"]);
    }

    [Fact]
    public async Task Section_4_8_who_takes_the_challenge_out_gets_nothing_by_the_verifier()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        var stripped = AuthorizeUrl.OAuth2(("code_challenge", null), ("code_challenge_method", null));

        var code = await visitor.CodeAsync(stripped);
        using var plain = await visitor.GetAsync(AuthorizeUrl.OAuth2(("code_challenge_method", "plain")));
        using var open = await visitor.GetAsync(
            AuthorizeUrl.OAuth2(
                ("client_id", Known.PublicClientId),
                ("code_challenge", null),
                ("code_challenge_method", null)
            )
        );

        Assert.Equal(HttpStatusCode.BadRequest, await ExchangedAsync(server, code));
        Assert.Equal(("invalid_request", "invalid_request"), (plain.Answer()["error"], open.Answer()["error"]));
    }

    [Fact]
    public async Task Sections_4_9_and_4_10_a_token_of_one_API_is_of_no_use_at_another_and_a_bound_one_of_none()
    {
        await using var server = await Wire.StartAsync();
        await KnownApis.AddAsync(server);
        using var key = ClientKey.Ec();
        var orders = await server
            .FormAsync(
                "/oauth2/token",
                $"grant_type=client_credentials&resource={Uri.EscapeDataString(KnownApis.Orders)}",
                Shop
            )
            .MemberAsync("access_token");
        var (bound, _) = await server.BoundAsync(key);

        using var elsewhere = await server.FormAsync("/oauth2/introspect", $"token={orders}", KnownApis.AsStock);
        using var here = await server.GetAsync("/v3/individuals", orders);
        using var bearer = await server.GetAsync("/v3/individuals", bound);
        using var info = await server.GetAsync("/oauth2/userinfo", bound);

        Assert.False((bool)(await elsewhere.BodyAsync())["active"]!);
        Assert.All([here, bearer, info], answer => Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode));
    }

    [Fact]
    public async Task Section_4_11_nobody_is_sent_anywhere_that_nobody_has_registered()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        var evil = Uri.EscapeDataString(Evil);
        foreach (
            var path in (string[])
                [
                    AuthorizeUrl.OAuth2(("redirect_uri", Evil)),
                    AuthorizeUrl.OAuth2(("client_id", "nobody"), ("redirect_uri", Evil), ("prompt", "none")),
                    $"/oauth2/logout?client_id={Known.ClientId}&post_logout_redirect_uri={evil}",
                    $"/portal/sign-in?ReturnUrl={evil}",
                    $"/portal/sign-in?ReturnUrl={Uri.EscapeDataString("//evil.example.test/")}",
                    $"/portal/sign-in?ReturnUrl={Uri.EscapeDataString("/\\evil.example.test/")}",
                ]
        )
        {
            using var answer = await visitor.GetAsync(path);
            Assert.False(Leads(answer), path);
        }

        using var stranger = new Visitor(server);
        using var signedIn = await stranger.SendAsync(
            $"/portal/sign-in?ReturnUrl={evil}",
            form: null,
            ("Email", Known.Email),
            ("Password", Known.Password),
            ("ReturnUrl", Evil)
        );
        Assert.False(Leads(signedIn));
    }

    [Fact]
    public async Task Section_4_12_no_redirect_sends_a_form_on()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = new Visitor(server);

        using var signedIn = await visitor.SendAsync(
            "/portal/sign-in",
            form: null,
            ("Email", Known.Email),
            ("Password", Known.Password)
        );
        using var decided = await visitor.DecideAsync(AuthorizeUrl.OAuth2());
        using var posted = await visitor.PostAsync("/oauth2/authorize", ("client_id", Known.ClientId));

        Assert.All(
            [signedIn, decided, posted],
            answer => Assert.True(answer.StatusCode is HttpStatusCode.Found or HttpStatusCode.SeeOther)
        );
    }

    [Fact]
    public async Task Section_4_14_a_refresh_token_is_its_clients_own_grows_no_scopes_and_ends_when_it_comes_twice()
    {
        await using var server = await Wire.StartAsync();
        var (_, refresh) = await server.OAuth2Async();
        var form = $"grant_type=refresh_token&refresh_token={refresh}";

        using var other = await server.FormAsync(
            "/oauth2/token",
            form,
            Wire.Basic(Known.OtherClientId, Known.OtherClientSecret)
        );
        using var more = await server.FormAsync("/oauth2/token", $"{form}&scope=individuals.write", Shop);
        var (_, second) = await server.FormAsync("/oauth2/token", form, Shop).PairAsync();
        var (_, third) = await server
            .FormAsync("/oauth2/token", $"grant_type=refresh_token&refresh_token={second}", Shop)
            .PairAsync();
        using var again = await server.FormAsync("/oauth2/token", form, Shop);
        using var ended = await server.FormAsync(
            "/oauth2/token",
            $"grant_type=refresh_token&refresh_token={third}",
            Shop
        );

        Assert.Equal(
            ("invalid_grant", "invalid_scope", "invalid_grant", "invalid_grant"),
            (await other.ErrorAsync(), await more.ErrorAsync(), await again.ErrorAsync(), await ended.ErrorAsync())
        );
    }

    [Fact]
    public async Task Section_4_15_no_client_chooses_a_name_that_could_be_a_persons()
    {
        await using var server = await Wire.StartAsync("Turnstone:Clients:Registration=Open");
        var account = (await Known.AccountAsync(server.Services))!.Id.ToString();

        using var answer = await server.JsonAsync(
            "/oauth2/register",
            $"{{\"client_id\":\"{account}\",\"redirect_uris\":[\"{Evil}\"],\"token_endpoint_auth_method\":\"none\"}}"
        );

        var id = (string)(await answer.BodyAsync())["client_id"]!;
        Assert.NotEqual(account, id);
        Assert.False(Guid.TryParse(id, out _));
    }

    [Fact]
    public async Task Sections_4_16_and_4_17_no_page_is_framed_and_no_answer_is_posted_to_a_window()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);

        foreach (var path in (string[])[AuthorizeUrl.OAuth2(), "/portal/sign-in", "/oauth2/logout", "/portal/device"])
        {
            using var page = await visitor.GetAsync(path);
            Assert.Contains(
                "frame-ancestors 'none'",
                Assert.Single(page.Headers.GetValues("Content-Security-Policy")),
                StringComparison.Ordinal
            );
        }

        using var message = await visitor.GetAsync(AuthorizeUrl.OAuth2(("response_mode", "web_message")));
        Assert.Equal("invalid_request", message.Answer()["error"]);
    }

    private static bool Leads(HttpResponseMessage answer) =>
        answer.Headers.TryGetValues("Location", out var to)
        && to.Single().Contains("evil.example.test", StringComparison.Ordinal)
        && !to.Single().StartsWith("/portal/", StringComparison.Ordinal);

    private static async Task<HttpStatusCode> ExchangedAsync(
        TurnstoneServer server,
        string code,
        string? verifier = AuthorizeUrl.Verifier,
        (string Name, string Value)? client = null
    )
    {
        using var answer = await server.FormAsync(
            "/oauth2/token",
            $"grant_type=authorization_code&code={code}&redirect_uri={Uri.EscapeDataString(Known.RedirectUri)}"
                + (verifier is null ? "" : $"&code_verifier={verifier}"),
            client ?? Shop
        );
        return answer.StatusCode;
    }
}
