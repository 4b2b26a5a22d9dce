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
        Assert.Contains("There is nothing here", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_is_not_signed_in_is_asked_to_and_comes_back()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = new Visitor(server);

        using var answer = await visitor.GetAsync("/portal");

        Assert.Equal("/portal/sign-in?ReturnUrl=%2Fportal", answer.Headers.Location?.OriginalString);
    }

    [Fact]
    public async Task Another_language_is_chosen_and_kept()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = new Visitor(server);
        Assert.Contains("<h1>Sign in</h1>", await visitor.PageAsync("/portal/sign-in"), StringComparison.Ordinal);

        using var chosen = await visitor.SendAsync("/portal/sign-in", "/portal/language", ("language", "de"), ("returnUrl", "/portal/sign-in"));

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
}
