using Microsoft.Playwright;
using Turnstone.Server.Tests.Contracts.OAuth2.Resources;
using static Microsoft.Playwright.Assertions;

namespace Turnstone.Server.Tests.Portal.Applications;

public sealed class ApplicationsFlowTests(Browser browser)
{
    [Theory]
    [InlineData(false, false, true)]
    [InlineData(true, true, true)]
    [InlineData(false, false, false)]
    public async Task An_application_is_made_changed_given_a_second_secret_and_ended(bool dark, bool phone, bool script)
    {
        await using var server = await PortalServer.StartAsync();
        await KnownApis.AddAsync(server, KnownApis.Of("weather", KnownApis.Open) with { Offered = true });
        var page = await browser.SignedInAsync(server, dark, script, phone);
        await page.GotoAsync("/portal/applications");
        await SoundAsync(page, script);
        await page.Locator("main a.primary").ClickAsync();
        await Look.AtAsync(page, "application-kind", script);
        await page.Locator(".kinds a[href$='kind=server']").ClickAsync();
        await Look.AtAsync(page, "application-new", script);

        await page.Locator("#Form_Name").FillAsync("Web shop");
        await page.Locator("#Form_RedirectUris").FillAsync("http://shop.example.test/callback");
        await page.GetByLabel("Read the list of individuals").CheckAsync();
        await page.GetByLabel("weather").CheckAsync();
        await page.Locator("button.primary").ClickAsync();
        await Expect(page.Locator("#Form_RedirectUris-error")).ToContainTextAsync("has to begin with https");
        await SoundAsync(page, script);

        await page.Locator("#Form_RedirectUris").FillAsync("https://shop.example.test/callback");
        await page.Locator("button.primary").ClickAsync();
        await Expect(page.Locator(".copied-text").Nth(1)).ToContainTextAsync("tss_");
        await SoundAsync(page, script);

        await Look.AtAsync(page, "application-made", script);
        await page.Locator("main a[href^='/portal/applications/']").ClickAsync();
        await SoundAsync(page, script);
        await page.Locator(".advanced > summary").ClickAsync();
        await Look.AtAsync(page, "application-advanced", script);
        await page.Locator("#Form_Access_Number").FillAsync("20");
        await page.Locator("form:has(#Form_Name) button.primary").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Status)).ToHaveTextAsync("Saved. It applies from the next request on.");
        await Expect(page.Locator("#Form_Access_Number")).ToHaveValueAsync("20");
        await Expect(page.GetByLabel("weather")).ToBeCheckedAsync();

        await page.GetByText("Add a second secret…").ClickAsync();
        await page.Locator("details.ask[open] button.primary").PressAsync("Enter");
        await Expect(page.Locator(".secrets li")).ToHaveCountAsync(2);
        await SoundAsync(page, script);

        await page.Locator(".ending summary").FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.Locator(".ending button").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Status)).ToContainTextAsync("The application was deleted");
        await SoundAsync(page, script);
    }

    private static Task SoundAsync(IPage page, bool script) =>
        script ? Browser.AssertSoundAsync(page) : Task.CompletedTask;
}
