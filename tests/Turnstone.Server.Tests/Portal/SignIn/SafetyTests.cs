using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Turnstone.Server.Tests.Portal.SignIn;

/// <summary>
/// What a hostile page, a neighbour or a cache could try with the pages on the way in and under the profile.
/// </summary>
public sealed class SafetyTests
{
    private static readonly string[] Anonymous =
    [
        "/portal/sign-in",
        "/portal/sign-in?handler=SendAgain",
        "/portal/sign-in/passkey",
        "/portal/sign-in/passkey?handler=Options",
        "/portal/sign-in/second-factor",
        "/portal/sign-in/second-factor?handler=Recovery",
        "/portal/sign-up",
        "/portal/forgot-password",
        "/portal/reset-password",
        "/portal/confirm-email",
        "/portal/confirm-new-email",
        "/portal/sign-out",
        "/portal/language",
    ];

    private static readonly string[] SignedIn =
    [
        "/portal/profile?handler=Zone",
        "/portal/profile/security?handler=SignOutEverywhere",
        "/portal/profile/security/password",
        "/portal/profile/security/email",
        "/portal/profile/security/second-factor?handler=Begin",
        "/portal/profile/security/second-factor?handler=Confirm",
        "/portal/profile/security/second-factor?handler=Codes",
        "/portal/profile/security/second-factor?handler=Disable",
        "/portal/profile/security/passkeys?handler=Options",
        "/portal/profile/security/passkeys?handler=Add",
        "/portal/profile/security/passkeys?handler=Rename",
        "/portal/profile/security/passkeys?handler=Remove",
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_form_is_taken_without_its_antiforgery_token()
    {
        await using var server = await PortalServer.StartAsync();
        using var stranger = new Visitor(server);
        using var customer = await Visitor.SignedInAsync(server);
        (string, string)[] fields =
        [
            ("Email", Known.Email),
            ("Password", Known.Password),
            ("CurrentPassword", Known.Password),
            ("NewPassword", Steps.NewPassword),
            ("Zone", "UTC"),
        ];

        foreach (
            var (path, visitor) in Anonymous
                .Select(path => (path, stranger))
                .Concat(SignedIn.Select(path => (path, customer)))
        )
        {
            using var answer = await visitor.PostAsync(path, fields);
            Assert.True(answer.StatusCode is HttpStatusCode.BadRequest, $"{path} was answered {answer.StatusCode}");
            Assert.Contains("<h1>", await answer.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        }

        Assert.True(await customer.IsInAsync());
        Assert.False(await stranger.IsInAsync());
    }

    [Fact]
    public async Task The_token_of_one_account_is_not_taken_from_another()
    {
        await using var server = await PortalServer.StartAsync();
        using var attacker = await Visitor.SignedInAsync(server, Known.OtherEmail);
        var token = Visitor.Antiforgery(await attacker.PageAsync("/portal/profile"));
        using var customer = await Visitor.SignedInAsync(server);

        using var answer = await customer.PostAsync(
            "/portal/profile/security?handler=SignOutEverywhere",
            ("__RequestVerificationToken", token)
        );

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.True(await customer.IsInAsync());
    }

    [Fact]
    public async Task Pages_under_the_profile_ask_for_a_sign_in()
    {
        await using var server = await PortalServer.StartAsync();
        using var stranger = new Visitor(server);
        foreach (var path in SignedIn.Select(path => path.Split('?')[0]).Distinct())
        {
            using var answer = await stranger.GetAsync(path);
            Assert.StartsWith(
                "/portal/sign-in?ReturnUrl=",
                answer.Headers.Location?.OriginalString,
                StringComparison.Ordinal
            );
        }
    }

    [Fact]
    public async Task No_page_is_cached_framed_or_sends_its_address_elsewhere()
    {
        await using var server = await PortalServer.StartAsync();
        using var stranger = new Visitor(server);
        using var customer = await Visitor.SignedInAsync(server);
        List<HttpResponseMessage> answers = [];
        foreach (
            var path in new[]
            {
                "/portal/sign-in",
                "/portal/sign-up",
                "/portal/forgot-password",
                "/portal/reset-password?token=secret",
                "/portal/confirm-email?token=secret",
                "/portal/outbox",
            }
        )
        {
            answers.Add(await stranger.GetAsync(path));
        }

        foreach (var path in SignedIn.Select(path => path.Split('?')[0]).Distinct())
        {
            answers.Add(await customer.GetAsync(path));
        }

        answers.Add(
            await customer.SendAsync(
                "/portal/profile/security/second-factor",
                "/portal/profile/security/second-factor?handler=Begin",
                ("CurrentPassword", Known.Password)
            )
        );
        Assert.Contains(
            "data:image/png",
            await answers[^1].Content.ReadAsStringAsync(Cancel),
            StringComparison.Ordinal
        );
        foreach (var answer in answers)
        {
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.True(answer.Headers.CacheControl!.NoStore);
            Assert.Equal("DENY", answer.Headers.GetValues("X-Frame-Options").Single());
            Assert.Contains(
                "frame-ancestors 'none'",
                answer.Headers.GetValues("Content-Security-Policy").Single(),
                StringComparison.Ordinal
            );
            Assert.DoesNotContain(
                "unsafe",
                answer.Headers.GetValues("Content-Security-Policy").Single(),
                StringComparison.Ordinal
            );
            Assert.Equal("same-origin", answer.Headers.GetValues("Referrer-Policy").Single());
            Assert.DoesNotMatch(@"<[^>]+\s(style|on\w+)=", await answer.Content.ReadAsStringAsync(Cancel));
            answer.Dispose();
        }
    }

    [Fact]
    public async Task In_production_every_cookie_is_for_this_host_alone_and_never_readable()
    {
        await using var server = await ProductionAsync();
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
        {
            BaseAddress = server.BaseAddress,
        };
        using var form = await http.GetAsync(new Uri("/portal/sign-in", UriKind.Relative), Cancel);
        var antiforgery = form
            .Headers.GetValues("Set-Cookie")
            .Single(cookie => cookie.Contains("-form=", StringComparison.Ordinal));
        var token = Visitor.Antiforgery(await form.Content.ReadAsStringAsync(Cancel));

        using var request = new HttpRequestMessage(HttpMethod.Post, "/portal/sign-in")
        {
            Content = new FormUrlEncodedContent([
                new("__RequestVerificationToken", token),
                new("Email", Known.Email),
                new("Password", Known.Password),
                new("Remember", "true"),
            ]),
        };
        request.Headers.Add("Cookie", antiforgery.Split(';')[0]);
        using var answer = await http.SendAsync(request, Cancel);

        Assert.Equal("/portal", answer.Headers.Location?.OriginalString);
        foreach (var cookie in answer.Headers.GetValues("Set-Cookie").Append(antiforgery))
        {
            Assert.StartsWith("__Host-turnstone-", cookie, StringComparison.Ordinal);
            Assert.Matches("(?i); path=/(;|$)", cookie);
            Assert.Matches("(?i); secure(;|$)", cookie);
            Assert.Matches("(?i); httponly(;|$)", cookie);
            var isProof = cookie.StartsWith("__Host-turnstone-proof=", StringComparison.Ordinal);
            Assert.Matches($"(?i); samesite={(isProof ? "strict" : "lax")}(;|$)", cookie);
            Assert.DoesNotMatch("(?i); domain=", cookie);
        }
    }

    [Fact]
    public async Task In_production_without_a_mail_server_the_pages_say_so_and_make_no_account()
    {
        await using var server = await ProductionAsync();
        using var http = new HttpClient { BaseAddress = server.BaseAddress };
        foreach (var path in new[] { "/portal/sign-up", "/portal/forgot-password" })
        {
            var page = await http.GetStringAsync(new Uri(path, UriKind.Relative), Cancel);
            Assert.Contains("This service sends no emails", page, StringComparison.Ordinal);
            Assert.Single(Regex.Matches(page, "<form"));
        }

        using var outbox = await http.GetAsync(new Uri("/portal/outbox", UriKind.Relative), Cancel);
        Assert.Equal(HttpStatusCode.NotFound, outbox.StatusCode);
        Assert.Contains(
            server.Log.Lines,
            line => line.Contains("No mail server is configured", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task A_cookie_and_a_link_of_one_server_are_good_on_another_with_the_same_store_and_master_key()
    {
        await using var first = await PortalServer.StartAsync();
        await using var second = await PortalServer.StartAsync(beside: first);
        using var here = await Visitor.SignedInAsync(first);
        using var there = new Visitor(second);
        there.Cookies.Add(second.BaseAddress, here.Cookies.GetCookies(first.BaseAddress));
        Assert.True(await there.IsInAsync());

        using var visitor = new Visitor(second);
        await here.SendAsync("/portal/forgot-password", null, ("Email", Known.OtherEmail));
        using var reset = await visitor.FollowAsync(
            first.LettersTo(Known.OtherEmail)[0],
            ("Password", Steps.NewPassword)
        );
        Assert.Equal("/portal/sign-in", reset.Headers.Location?.OriginalString);
        using var newcomer = new Visitor(first);
        await newcomer.SignUpAsync();
        using var confirmed = await visitor.FollowAsync(
            first.LettersTo(Steps.NewEmail)[0],
            ("Password", Steps.NewPassword)
        );
        Assert.Equal("/portal", confirmed.Headers.Location?.OriginalString);

        await there.SendAsync("/portal/profile/security", "/portal/profile/security?handler=SignOutEverywhere");
        Assert.False(await here.IsInAsync());
    }

    /// <summary>A server as in production, behind something that ends TLS.</summary>
    private static Task<TurnstoneServer> ProductionAsync() =>
        PortalServer.StartAsync(
            ["environment=Production"],
            services => services.AddSingleton<IStartupFilter, TlsInFront>()
        );

    private sealed class TlsInFront : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) =>
            app =>
            {
                app.Use(
                    (context, rest) =>
                    {
                        context.Request.Scheme = "https";
                        return rest(context);
                    }
                );
                next(app);
            };
    }
}
