using System.Net;
using Turnstone.Model;

namespace Turnstone.Server.Tests.Portal.SignIn;

public sealed class SignInTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_leads_to_pages_of_this_server_alone()
    {
        await using var server = await PortalServer.StartAsync();
        foreach (
            var (wanted, leads) in new[]
            {
                ("/portal/api-keys?page=2", "/portal/api-keys?page=2"),
                ("//evil.example.test", "/portal"),
                ("/\\evil.example.test", "/portal"),
                ("https://evil.example.test", "/portal"),
                ("https:evil.example.test", "/portal"),
                ("javascript:alert(1)", "/portal"),
                ("%2F%2Fevil.example.test", "/portal"),
                ("/\t/evil.example.test", "/portal"),
                (" //evil.example.test", "/portal"),
                ("", "/portal"),
            }
        )
        {
            using var visitor = new Visitor(server);
            using var answer = await visitor.SendAsync(
                $"/portal/sign-in?ReturnUrl={Uri.EscapeDataString(wanted)}",
                null,
                ("Email", Known.Email),
                ("Password", Known.Password),
                ("ReturnUrl", wanted)
            );
            using var signedIn = await visitor.GetAsync($"/portal/sign-in?ReturnUrl={Uri.EscapeDataString(wanted)}");

            Assert.Equal(leads, answer.Headers.Location?.OriginalString);
            Assert.Equal(leads, signedIn.Headers.Location?.OriginalString);
        }
    }

    [Fact]
    public async Task A_sign_in_makes_a_new_cookie_and_a_planted_one_is_worth_nothing()
    {
        await using var server = await PortalServer.StartAsync();
        using var attacker = await Visitor.SignedInAsync(server, Known.OtherEmail);
        var planted = attacker.Cookies.GetCookies(server.BaseAddress)["turnstone-session"]!.Value;
        using var visitor = new Visitor(server);
        visitor.Cookies.Add(server.BaseAddress, new Cookie("turnstone-session", "planted", "/"));
        Assert.False(await visitor.IsInAsync());

        await visitor.SignInAsync();
        var first = visitor.Cookies.GetCookies(server.BaseAddress)["turnstone-session"]!.Value;
        await visitor.SendAsync("/portal/sign-out", null);
        await visitor.SignInAsync();
        var second = visitor.Cookies.GetCookies(server.BaseAddress)["turnstone-session"]!.Value;

        Assert.NotEqual("planted", first);
        Assert.NotEqual(planted, first);
        Assert.NotEqual(first, second);
    }

    [Fact]
    public async Task A_wrong_password_and_a_right_one_are_on_the_record_with_the_way()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = new Visitor(server);

        await visitor.SignInAsync(password: "not this password");
        await visitor.SignInAsync();

        var entries = await server.AuditAsync();
        Assert.Contains(
            entries,
            entry => entry is { Event.Known: AuditEvent.Login, Contract: "portal", Detail: "password" }
        );
    }

    [Fact]
    public async Task A_disabled_account_is_answered_as_a_wrong_password()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = new Visitor(server);
        await Steps.DisableAsync(server);

        using var answer = await visitor.SignInAsync();

        Assert.Contains(
            "The email address or the password is wrong.",
            await answer.Content.ReadAsStringAsync(Cancel),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task What_was_typed_stays_and_the_password_does_not()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = new Visitor(server);

        using var answer = await visitor.SignInAsync("<b>\"'@example.test", "not this password");
        var page = await answer.Content.ReadAsStringAsync(Cancel);

        Assert.Contains("value=\"&lt;b&gt;&quot;&#x27;@example.test\"", page, StringComparison.Ordinal);
        Assert.DoesNotContain("not this password", page, StringComparison.Ordinal);
    }
}
