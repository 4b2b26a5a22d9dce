using System.Net;
using Microsoft.Playwright;

namespace Turnstone.Server.Tests.Portal.Shell;

public sealed class ShellTests(Browser browser)
{
    [Theory]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public async Task The_first_page_is_sound(bool dark, bool phone)
    {
        await using var server = await PortalServer.StartAsync();
        var page = await browser.SignedInAsync(server, dark, phone: phone);

        await Browser.AssertSoundAsync(page);
    }

    [Fact]
    public async Task A_page_that_is_not_there_is_a_page_of_ours()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = new Visitor(server);

        using var answer = await visitor.GetAsync("/portal/nothing");

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Contains(
            "Page not found",
            await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "frame-ancestors 'none'",
            answer.Headers.GetValues("Content-Security-Policy").Single(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Whoever_is_not_signed_in_is_asked_to_and_comes_back()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = new Visitor(server);

        using var answer = await visitor.GetAsync("/portal/sessions");

        Assert.Equal("/portal/sign-in?ReturnUrl=%2Fportal%2Fsessions", answer.Headers.Location?.OriginalString);
    }

    [Fact]
    public async Task Another_language_is_chosen_and_kept()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = new Visitor(server);
        Assert.Contains("<h1>Sign in</h1>", await visitor.PageAsync("/portal/sign-in"), StringComparison.Ordinal);

        using var chosen = await visitor.SendAsync(
            "/portal/sign-in",
            "/portal/language",
            ("language", "de"),
            ("returnUrl", "/portal/sign-in")
        );

        Assert.Equal("/portal/sign-in", chosen.Headers.Location?.OriginalString);
        Assert.Contains("<h1>Anmelden</h1>", await visitor.PageAsync("/portal/sign-in"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_script_the_menu_opens_on_a_phone()
    {
        await using var server = await PortalServer.StartAsync();
        var page = await browser.SignedInAsync(server, script: false, phone: true);

        await page.Locator("details.menu summary").ClickAsync();

        await Assertions.Expect(page.Locator("details.menu a[href='/portal/profile']")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Times_are_in_the_readers_zone_from_the_first_page_on()
    {
        await using var server = await PortalServer.StartAsync();
        var page = await browser.SignedInAsync(server, zone: "Asia/Dubai");

        // The page's script has told the zone, so the server writes in it.
        await page.GotoAsync("/portal/profile");
        var written = await page.Locator("main time").First.TextContentAsync();
        Assert.EndsWith(" UTC+4", written, StringComparison.Ordinal);

        // On a page that was written before it was told, the script puts the times right, and to the same text.
        await page.Context.ClearCookiesAsync(new BrowserContextClearCookiesOptions { Name = "turnstone-zone" });
        await page.ReloadAsync();
        await Assertions.Expect(page.Locator("main time").First).ToHaveTextAsync(written!);
        await Assertions.Expect(page.Locator("[data-zone]")).ToContainTextAsync("Asia/Dubai");
    }
}
