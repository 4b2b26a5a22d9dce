using Microsoft.Playwright;
using Turnstone.Directory;

namespace Turnstone.Server.Tests.Portal.ApiKeys;

public sealed class ApiKeyFlowTests(Browser browser)
{
    [Theory]
    [InlineData(true, false, false)]
    [InlineData(true, true, true)]
    [InlineData(false, false, false)]
    public async Task A_customer_makes_a_key_rolls_it_and_revokes_it(bool script, bool dark, bool phone)
    {
        await using var server = await PortalServer.StartAsync();
        await Form.NewcomerAsync(server);
        var page = await browser.SignedInAsync(server, dark, script, phone, email: "neu@example.test");
        server.Time.Advance(TimeSpan.FromMinutes(20));
        await page.GotoAsync("/portal/api-keys");
        await Look.AtAsync(page, "api-keys-none", script);

        await page.Locator("main .empty a.button").PressAsync("Enter");
        await page.Locator("#Name").FillAsync("build server");
        await page.Locator("#Days").SelectOptionAsync("7");
        await page.Locator("#Password").FillAsync("wrong");
        await page.Locator("#Password").PressAsync("Enter");
        await Assertions.Expect(page.Locator("#Password-error")).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator("#Name")).ToHaveValueAsync("build server");
        await Assertions.Expect(page.Locator("input[name=Chosen]")).ToBeCheckedAsync();
        await Look.AtAsync(page, "api-key-new", script);

        await page.Locator("#Password").FillAsync(Known.Password);
        await page.Keyboard.PressAsync("Enter");
        var key = await page.Locator(".copied-text").First.TextContentAsync();
        Assert.StartsWith("tsk_", key, StringComparison.Ordinal);
        await Look.AtAsync(page, "api-key-made", script);
        using var login = await server.Http.LoginV3Async(key!);
        await page.ReloadAsync();
        await Assertions.Expect(page.GetByText(key!)).ToHaveCountAsync(0);
        await page.GotoAsync("/portal/api-keys");
        await Look.AtAsync(page, "api-keys", script);

        await page.Locator("table a").First.PressAsync("Enter");
        await Look.AtAsync(page, "api-key", script);
        await page.Locator("form[action$=Renew] button").PressAsync("Enter");
        await Assertions.Expect(page.Locator(".notice.good")).ToHaveTextAsync("The key was renewed for 90 days.");
        await page.Locator("#Overlap").SelectOptionAsync("7d");
        await page.Locator("form[action$=Roll] button").PressAsync("Enter");
        await Assertions.Expect(page.Locator("[data-shown-once]")).ToBeVisibleAsync();
        await page.ReloadAsync();
        await Assertions
            .Expect(page.Locator(".countdown"))
            .ToHaveTextAsync(
                new System.Text.RegularExpressions.Regex(script ? @"^6 d 23:\d\d:\d\d$|^7 d 00:00:00$" : "^7 days$")
            );
        await Look.AtAsync(page, "api-key-rolled", script);

        await page.Locator("details.ask summary").PressAsync("Enter");
        await page.Locator("details.ask button").ClickAsync();
        await Assertions.Expect(page.Locator("h1")).ToContainTextAsync("revoked");
        await page.GotoAsync("/portal/api-keys");
        await page.Locator("details.past summary").PressAsync("Enter");
        await Look.AtAsync(page, "api-keys-past", script);
    }
}
