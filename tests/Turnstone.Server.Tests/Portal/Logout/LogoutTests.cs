using System.Net;
using Microsoft.IdentityModel.JsonWebTokens;
using Turnstone.Server.Tests.Portal.Authorize;

namespace Turnstone.Server.Tests.Portal.Logout;

/// <summary>A client signs its user out (OpenID Connect RP-Initiated Logout 1.0).</summary>
public sealed class LogoutTests(Browser browser)
{
    private const string After = GivenLogout.After;

    [Fact]
    public async Task With_the_clients_own_hint_the_sign_in_and_what_came_of_it_end()
    {
        await using var server = await GivenLogout.ServerAsync();
        using var here = await Visitor.SignedInAsync(server);
        using var elsewhere = await Visitor.SignedInAsync(server);
        var (mine, again) = (await server.LetInAsync(here), await server.LetInAsync(here));
        var (other, far) = (await server.LetInAsync(here, Known.OtherClientId), await server.LetInAsync(elsewhere));

        // It has expired, which is what it is by the time that somebody signs out.
        server.Time.Advance(TimeSpan.FromHours(2));
        using var answer = await here.GetAsync(
            GivenLogout.Url(
                ("id_token_hint", mine.IdToken),
                ("post_logout_redirect_uri", After),
                ("state", "s &ü"),
                ("client_id", Known.ClientId)
            )
        );

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Equal($"{After}&state=s%20%26%C3%BC", answer.Headers.GetValues("Location").Single());
        Assert.False(await here.IsSignedInAsync());
        Assert.True(await elsewhere.IsSignedInAsync());
        Assert.Equal(
            (false, false, true, true),
            (
                await server.RefreshesAsync(mine),
                await server.RefreshesAsync(again),
                await server.RefreshesAsync(other),
                await server.RefreshesAsync(far)
            )
        );
    }

    [Theory]
    [InlineData("none")]
    [InlineData("foreign")]
    [InlineData("forged")]
    [InlineData("access token")]
    [InlineData("client_id alone")]
    public async Task Without_a_good_hint_of_the_one_who_is_signed_in_a_page_asks(string hint)
    {
        await using var server = await GivenLogout.ServerAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        using var grace = await Visitor.SignedInAsync(server, Known.OtherEmail);
        var mine = await server.LetInAsync(visitor);
        var text = hint switch
        {
            "none" or "client_id alone" => null,
            "foreign" => (await server.LetInAsync(grace)).IdToken,
            "forged" => mine.IdToken[..^3] + (mine.IdToken.EndsWith("AAA", StringComparison.Ordinal) ? "BBB" : "AAA"),
            _ => await AccessTokenAsync(server),
        };
        var url = GivenLogout.Url(
            ("id_token_hint", text),
            ("post_logout_redirect_uri", After),
            ("client_id", hint == "client_id alone" ? Known.ClientId : null)
        );

        var page = await visitor.PageAsync(url);

        Assert.Contains("Sign out?", page, StringComparison.Ordinal);
        Assert.Contains(Known.Email, page, StringComparison.Ordinal);
        Assert.True(await visitor.IsSignedInAsync());
        Assert.True(await server.RefreshesAsync(mine));
        using var forged = await visitor.PostAsync(url, ("decision", "sign-out"));
        Assert.Equal(HttpStatusCode.BadRequest, forged.StatusCode);
        Assert.True(await visitor.IsSignedInAsync());

        using var done = await visitor.SendAsync(url, form: null, ("decision", "sign-out"));

        Assert.Equal(
            hint is "foreign" or "client_id alone" ? HttpStatusCode.Redirect : HttpStatusCode.OK,
            done.StatusCode
        );
        Assert.False(await visitor.IsSignedInAsync());
    }

    [Fact]
    public async Task Whoever_says_no_stays_signed_in()
    {
        await using var server = await GivenLogout.ServerAsync();
        using var visitor = await Visitor.SignedInAsync(server);

        using var stayed = await visitor.SendAsync(GivenLogout.Url(), form: null, ("decision", "stay"));

        Assert.Equal("/portal", stayed.Headers.Location!.OriginalString);
        Assert.True(await visitor.IsSignedInAsync());
    }

    [Theory]
    [InlineData("https://evil.example.test/")]
    [InlineData("https://shop.example.test/after")]
    [InlineData("https://shop.example.test/after?a=b#x")]
    [InlineData("https://shop.example.test:8443/after?a=b")]
    [InlineData("https://SHOP.example.test/after?a=b")]
    [InlineData("https://shop.example.test@evil.example.test/after?a=b")]
    [InlineData(Known.RedirectUri)]
    [InlineData("javascript:alert(1)")]
    public async Task Nobody_is_sent_where_the_client_has_not_registered(string address)
    {
        await using var server = await GivenLogout.ServerAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        var mine = await server.LetInAsync(visitor);

        var page = await visitor.PageAsync(
            GivenLogout.Url(("id_token_hint", mine.IdToken), ("post_logout_redirect_uri", address))
        );

        Assert.Contains("You are signed out", page, StringComparison.Ordinal);
        Assert.Contains("post_logout_redirect_uri is none", page, StringComparison.Ordinal);
        Assert.False(await visitor.IsSignedInAsync());
    }

    [Theory]
    [InlineData("client_id", Known.OtherClientId)]
    [InlineData("state", "two")]
    public async Task A_request_that_contradicts_itself_does_nothing(string name, string value)
    {
        await using var server = await GivenLogout.ServerAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        var mine = await server.LetInAsync(visitor);
        var url = GivenLogout.Url(("id_token_hint", mine.IdToken), ("state", "one"), (name, value));

        using var answer = await visitor.GetAsync(url);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.True(await visitor.IsSignedInAsync());
    }

    [Fact]
    public async Task A_form_is_taken_too_and_a_HEAD_is_not()
    {
        await using var server = await GivenLogout.ServerAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        var mine = await server.LetInAsync(visitor);

        using var head = await visitor.Http.SendAsync(
            new HttpRequestMessage(HttpMethod.Head, GivenLogout.Url(("id_token_hint", mine.IdToken))),
            TestContext.Current.CancellationToken
        );
        using var form = await visitor.PostAsync(
            "/oauth2/logout",
            ("id_token_hint", mine.IdToken),
            ("post_logout_redirect_uri", After)
        );
        Assert.False(head.IsSuccessStatusCode);
        Assert.Equal(HttpStatusCode.Redirect, form.StatusCode);
        Assert.True(await visitor.IsSignedInAsync());
        using var answer = await visitor.GetAsync(form.Headers.Location!.OriginalString);

        Assert.Equal(After, answer.Headers.GetValues("Location").Single());
        Assert.False(await visitor.IsSignedInAsync());
    }

    [Fact]
    public async Task Where_nobody_is_signed_in_any_more_the_named_session_ends()
    {
        await using var server = await GivenLogout.ServerAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        var (mine, other) = (await server.LetInAsync(visitor), await server.LetInAsync(visitor));
        using var stranger = new Visitor(server);

        using var answer = await stranger.GetAsync(
            GivenLogout.Url(("id_token_hint", mine.IdToken), ("post_logout_redirect_uri", After))
        );

        Assert.Equal(After, answer.Headers.GetValues("Location").Single());
        Assert.Equal((false, true), (await server.RefreshesAsync(mine), await server.RefreshesAsync(other)));
        Assert.True(await visitor.IsSignedInAsync());
    }

    [Fact]
    public async Task The_id_token_names_the_session()
    {
        await using var server = await GivenLogout.ServerAsync();
        using var visitor = await Visitor.SignedInAsync(server);

        var (one, two) = (await server.LetInAsync(visitor), await server.LetInAsync(visitor));

        var (first, second) = (new JsonWebToken(one.IdToken), new JsonWebToken(two.IdToken));
        Assert.NotEqual(first.GetClaim("sid").Value, second.GetClaim("sid").Value);
        Assert.False(first.TryGetClaim("jti", out _));
    }

    [Theory]
    [InlineData(true, false, "en", "Sign out?", "You are signed out")]
    [InlineData(false, true, "de", "Abmelden?", "Du bist abgemeldet")]
    public async Task The_pages_are_sound(bool script, bool phone, string language, string title, string done)
    {
        await using var server = await GivenLogout.ServerAsync();
        var page = await browser.SignedInAsync(server, script: script, phone: phone, dark: phone);

        await page.GotoAsync(GivenLogout.Url(("client_id", Known.ClientId), ("ui_locales", $"fr {language}-CH")));
        await Microsoft.Playwright.Assertions.Expect(page.Locator("h1")).ToHaveTextAsync(title);
        await Look.AtAsync(page, $"logout-{language}", script);
        await page.Locator("button[value=sign-out]").ClickAsync();
        await Microsoft.Playwright.Assertions.Expect(page.Locator("h1")).ToHaveTextAsync(done);
        await Look.AtAsync(page, $"logout-done-{language}", script);
    }

    private static async Task<string> AccessTokenAsync(TurnstoneServer server)
    {
        using var answer = await server.Http.OAuth2TokenAsync(
            ("grant_type", "client_credentials"),
            ("client_id", Known.ClientId),
            ("client_secret", Known.ClientSecret)
        );
        return (await answer.JsonAsync()).GetProperty("access_token").GetString()!;
    }
}
