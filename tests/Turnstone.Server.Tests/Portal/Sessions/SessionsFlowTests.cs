using Microsoft.Playwright;
using Turnstone.Directory;
using static Microsoft.Playwright.Assertions;

namespace Turnstone.Server.Tests.Portal.Sessions;

public sealed class SessionsFlowTests(Browser browser)
{
    [Theory]
    [InlineData(false, false, true)]
    [InlineData(true, true, false)]
    public async Task Sessions_are_ended_and_a_consent_is_taken_back(bool dark, bool phone, bool script)
    {
        await using var server = await PortalServer.StartAsync();
        var shop = await server.GivenApplicationAsync("Depot", Known.OtherEmail);
        await server.GivenConsentAsync(shop.Client.Id, Known.Email, "openid", "email");
        await server.GivenSessionAsync(client: shop.Client.Id, contract: "oauth2");

        // Newest first: the application's is the last of the three.
        server.Time.Advance(TimeSpan.FromSeconds(1));
        await server.GivenApplicationAsync();
        await server.GivenSessionAsync(generation: 2);
        await server.GivenSessionAsync(agent: "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0");
        var page = await browser.SignedInAsync(server, dark, script, phone);
        await page.GotoAsync("/portal/sessions");
        await SoundAsync(page, script);

        // By keyboard alone: open the question, answer it.
        await page.Locator(".held > li").First.Locator("summary").FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator(".held details[open]")).ToHaveCountAsync(1);
        await SoundAsync(page, script);
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Status)).ToHaveTextAsync("The session has ended.");
        await Expect(page.Locator(".held > li")).ToHaveCountAsync(2);

        await page.Locator(".consents summary").ClickAsync();
        await page.Locator(".consents button.danger").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Status)).ToContainTextAsync("Access withdrawn");
        await Expect(page.Locator(".held > li")).ToHaveCountAsync(1);

        await page.Locator(".every summary").ClickAsync();
        await page.Locator(".every button").ClickAsync();
        await Expect(page.Locator(".empty").First).ToContainTextAsync("There are no active sessions.");
        await SoundAsync(page, script);
    }

    // What axe looks with is a script itself.
    private static Task SoundAsync(IPage page, bool script) =>
        script ? Browser.AssertSoundAsync(page) : Task.CompletedTask;
}
