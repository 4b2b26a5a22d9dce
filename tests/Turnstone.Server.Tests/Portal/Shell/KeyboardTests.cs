using Microsoft.Playwright;

namespace Turnstone.Server.Tests.Portal.Shell;

/// <summary>
/// The main ways through the portal with nothing but a keyboard: every control is come upon by Tab, shows that it is,
/// and does its work by Enter or Space.
/// </summary>
public sealed class KeyboardTests(Browser browser)
{
    private const int MostSteps = 120;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_customer_gets_and_ends_everything_by_keyboard_alone(bool script)
    {
        await using var server = await PortalServer.StartAsync();
        var page = await browser.OpenAsync(server, script: script);
        await page.GotoAsync("/portal/sign-in");
        await TypeAsync(page, "#Email", Known.Email);
        await TypeAsync(page, "#Password", Known.Password);
        await EnterAsync(page, "main button.primary", then: ".side a[aria-current][href='/portal']");

        // A token set.
        await EnterAsync(
            page,
            ".side a[href='/portal/profile']",
            then: "main a[href='/portal/profile/generate-token']"
        );
        await EnterAsync(page, "main a[href='/portal/profile/generate-token']", then: ".proven");
        await EnterAsync(page, "main button.primary", then: ".copied-text");

        // An API key, made and revoked.
        await EnterAsync(page, ".side a[href='/portal/api-keys']", then: "main a[href='/portal/api-keys/new']");
        await EnterAsync(page, "main a[href='/portal/api-keys/new']", then: "#Name");
        await TypeAsync(page, "#Name", "by keyboard");
        await ReachAsync(page, "input[value='individuals.read']");
        await EnterAsync(page, "main button.primary", then: ".copied-text");
        await EnterAsync(page, ".side a[href='/portal/api-keys']", then: "th a:has-text('by keyboard')");
        await EnterAsync(
            page,
            "th a[href^='/portal/api-keys/']:not([href$='/new'])",
            then: "details.ask.danger summary"
        );
        await EnterAsync(page, "details.ask.danger summary", then: "details.ask.danger[open] button.danger");
        await EnterAsync(page, "details.ask.danger[open] button.danger", then: "[role=status]");

        // A subscription, an application, and the end of a session.
        await EnterAsync(page, ".side a[href='/portal/subscriptions']", then: ".product button");
        await EnterAsync(page, ".product button", then: "[role=status], .copied-text, dl.facts");
        await EnterAsync(page, ".side a[href='/portal/applications']", then: "main a[href='/portal/applications/new']");
        await EnterAsync(page, "main a[href='/portal/applications/new']", then: ".kinds a");
        await EnterAsync(page, ".kinds a[href$='kind=server']", then: "#Form_Name");
        await TypeAsync(page, "#Form_Name", "Made by keyboard");
        await TypeAsync(page, "#Form_RedirectUris", "https://shop.example.test/back");
        await EnterAsync(page, "main button.primary", then: ".copied-text");
        await EnterAsync(page, ".side a[href='/portal/sessions']", then: ".held details.ask summary");
        await EnterAsync(page, ".held details.ask summary", then: ".held details[open] button.danger");
        await EnterAsync(page, ".held details[open] button.danger", then: "[role=status]");

        await EnterAsync(page, ".who button", then: "#Email");
    }

    /// <summary>Goes there by Tab alone, and sees where it is.</summary>
    private static async Task ReachAsync(IPage page, string selector)
    {
        for (var step = 0; step < MostSteps; step++)
        {
            if (await page.Locator($"{selector}:focus").CountAsync() > 0)
            {
                var outline = await page.Locator($"{selector}:focus")
                    .EvaluateAsync<string>("control => getComputedStyle(control).outlineStyle");
                Assert.True(outline != "none", $"{selector} does not show that it has the keyboard.");
                return;
            }

            await page.Keyboard.PressAsync("Tab");
        }

        Assert.Fail($"The keyboard does not reach {selector} on {page.Url}.");
    }

    private static async Task TypeAsync(IPage page, string selector, string text)
    {
        await ReachAsync(page, selector);
        await page.Keyboard.TypeAsync(text);
    }

    private static async Task EnterAsync(IPage page, string selector, string then)
    {
        await ReachAsync(page, selector);
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator(then).First).ToBeVisibleAsync();
    }
}
