using System.Net;
using System.Web;
using Turnstone.Directory;

namespace Turnstone.Server.Tests.Portal.Authorize;

/// <summary>
/// The way to the sign-in page and back: when it is gone, that it ends, and that nobody comes round without it.
/// </summary>
public sealed class SignInTests
{
    [Fact]
    public async Task Whoever_is_not_signed_in_signs_in_and_comes_back_to_the_request()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = new Visitor(server);
        var url = AuthorizeUrl.OAuth2(("state", "ü &=+"));

        var back = await SignInAsync(visitor, await SentToSignInAsync(visitor, url));

        Assert.StartsWith(url, back, StringComparison.Ordinal);
        using var answer = await visitor.DecideAsync(back);
        Assert.Equal("ü &=+", answer.Answer()["state"]);
    }

    [Fact]
    public async Task What_was_consented_to_before_goes_on_by_a_page_because_the_form_before_may_lead_nowhere_else()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        (await visitor.DecideAsync(AuthorizeUrl.OAuth2())).Dispose();
        using var again = new Visitor(server);

        var back = await SignInAsync(again, await SentToSignInAsync(again, AuthorizeUrl.OAuth2()));
        using var answer = await again.GetAsync(back);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var refresh = answer.Headers.GetValues("Refresh").Single();
        Assert.StartsWith("0;url=" + Known.RedirectUri + "?code=tsc_", refresh, StringComparison.Ordinal);
        Assert.Contains(
            WebUtility.HtmlEncode(refresh[6..]),
            await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("ada@example.test", true)]
    [InlineData("\"><script>alert(1)</script>@example.test", true)]
    [InlineData("no email", false)]
    [InlineData("a@b\0", false)]
    public async Task The_sign_in_page_knows_whom_the_client_expects(string hint, bool shown)
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = new Visitor(server);

        var page = await visitor.PageAsync($"/portal/sign-in?Again=true&login_hint={Uri.EscapeDataString(hint)}");

        Assert.Equal(shown, WebUtility.HtmlDecode(page).Contains($"value=\"{hint}\"", StringComparison.Ordinal));
        Assert.DoesNotContain("<script>alert", page, StringComparison.Ordinal);
        if (shown)
        {
            Assert.Contains(
                $"login_hint={Uri.EscapeDataString(hint)}&",
                await SentToSignInAsync(visitor, AuthorizeUrl.OAuth2(("login_hint", hint))),
                StringComparison.Ordinal
            );
        }
    }

    [Fact]
    public async Task Asked_silently_it_answers_or_says_what_is_missing()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = new Visitor(server);
        var silent = AuthorizeUrl.OAuth2(("prompt", "none"));
        Assert.Equal("login_required", await ErrorAsync(visitor, silent));

        using var signedIn = await Visitor.SignedInAsync(server);
        Assert.Equal("consent_required", await ErrorAsync(signedIn, silent));

        (await signedIn.DecideAsync(AuthorizeUrl.OAuth2())).Dispose();
        using (var answer = await signedIn.GetAsync(silent))
        {
            Assert.Contains("code", answer.Answer().Keys);
        }

        server.Time.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal("login_required", await ErrorAsync(signedIn, silent + "&max_age=60"));
    }

    [Theory]
    [InlineData("prompt", "login")]
    [InlineData("prompt", "select_account consent")]
    [InlineData("max_age", "0")]
    [InlineData("max_age", "30")]
    public async Task A_new_sign_in_is_asked_for_once_and_nobody_comes_round_without_it(string name, string value)
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        server.Time.Advance(TimeSpan.FromSeconds(60));

        var signIn = await SentToSignInAsync(visitor, AuthorizeUrl.OAuth2((name, value)));
        var skipped = HttpUtility.ParseQueryString(signIn[signIn.IndexOf('?', StringComparison.Ordinal)..])[
            "ReturnUrl"
        ]!;
        await SentToSignInAsync(visitor, skipped);

        // The page is shown although somebody is signed in.
        Assert.Contains("type=\"password\"", await visitor.PageAsync(signIn), StringComparison.Ordinal);
        server.Time.Advance(TimeSpan.FromSeconds(40));
        var back = await SignInAsync(visitor, signIn);
        server.Time.Advance(TimeSpan.FromSeconds(40));
        using var answer = await visitor.DecideAsync(back);
        Assert.Contains("code", answer.Answer().Keys);
    }

    [Fact]
    public async Task The_trip_is_sealed_to_its_request_and_to_its_time()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        var login = AuthorizeUrl.OAuth2(("prompt", "login"));
        var signIn = await SentToSignInAsync(visitor, login);
        server.Time.Advance(TimeSpan.FromSeconds(1));
        var back = await SignInAsync(visitor, signIn);
        var mark = back[login.Length..];

        await SentToSignInAsync(
            visitor,
            AuthorizeUrl.OAuth2(("prompt", "login"), ("client_id", Known.OtherClientId)) + mark
        );
        await SentToSignInAsync(visitor, AuthorizeUrl.OAuthV1(("prompt", "login")) + mark);
        await SentToSignInAsync(visitor, login + mark[..^1]);
        await SentToSignInAsync(visitor, login + "&asked=1");
        Assert.Contains("wants access", await visitor.PageAsync(back), StringComparison.Ordinal);
        server.Time.Advance(TimeSpan.FromMinutes(31));
        await SentToSignInAsync(visitor, back);
    }

    [Fact]
    public async Task A_cookie_that_is_renewed_is_no_sign_in()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        server.Time.Advance(TimeSpan.FromDays(10));
        using (var renewed = await visitor.GetAsync("/portal"))
        {
            Assert.Contains(
                renewed.Headers.GetValues("Set-Cookie"),
                cookie => cookie.StartsWith("turnstone-session=", StringComparison.Ordinal)
            );
        }

        await SentToSignInAsync(visitor, AuthorizeUrl.OAuth2(("max_age", "86400")));
    }

    [Fact]
    public async Task The_sign_in_page_leads_back_to_this_server_alone()
    {
        await using var server = await PortalServer.StartAsync();
        foreach (
            var elsewhere in new[]
            {
                "https://evil.example.test/oauth2/authorize",
                "//evil.example.test",
                "/\\evil.example.test",
                "/\t/evil.example.test",
            }
        )
        {
            using var visitor = new Visitor(server);

            Assert.Equal(
                "/portal",
                await SignInAsync(visitor, $"/portal/sign-in?Again=true&ReturnUrl={Uri.EscapeDataString(elsewhere)}")
            );
        }
    }

    private static async Task<string> SentToSignInAsync(Visitor visitor, string url)
    {
        using var answer = await visitor.GetAsync(url);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        var location = answer.Headers.Location!.OriginalString;
        Assert.StartsWith("/portal/sign-in?Again=true", location, StringComparison.Ordinal);
        return location;
    }

    private static async Task<string> SignInAsync(Visitor visitor, string signIn)
    {
        using var answer = await visitor.SendAsync(
            signIn,
            form: null,
            ("Email", Known.Email),
            ("Password", Known.Password)
        );
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        return answer.Headers.Location!.OriginalString;
    }

    private static async Task<string> ErrorAsync(Visitor visitor, string url)
    {
        using var answer = await visitor.GetAsync(url);
        return answer.Answer()["error"];
    }
}
