using Microsoft.Playwright;
using Turnstone.Directory;

namespace Turnstone.Server.Tests.Portal.Subscriptions;

public sealed class SubscriptionFlowTests(Browser browser)
{
    [Theory]
    [InlineData(true, false, false)]
    [InlineData(true, true, true)]
    [InlineData(false, false, false)]
    public async Task A_customer_subscribes_sees_a_key_changes_it_and_cancels(bool script, bool dark, bool phone)
    {
        await using var server = await PortalServer.StartAsync();
        var page = await browser.SignedInAsync(server, dark, script, phone);
        server.Time.Advance(TimeSpan.FromMinutes(20));
        await page.GotoAsync("/portal/subscriptions");
        await Look.AtAsync(page, "subscriptions", script);

        await page.Locator("section.product button").PressAsync("Enter");
        await Assertions.Expect(page.Locator("h1")).ToContainTextAsync("active");
        await Look.AtAsync(page, "subscription", script);

        await page.Locator("#Password").FillAsync(Known.Password);
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator(".keys .copied-text")).ToHaveCountAsync(2);
        await Look.AtAsync(page, "subscription-keys", script);

        await page.Locator("button[formaction$=Secondary]").ClickAsync();
        await Assertions.Expect(page.Locator(".keys .copied-text")).ToHaveCountAsync(1);
        await page.ReloadAsync();
        await Assertions.Expect(page.Locator(".keys .copied-text")).ToHaveCountAsync(0);

        await page.Locator("details.ask summary").PressAsync("Enter");
        await Look.AtAsync(page, "subscription-cancel", script);
        await page.Locator("details.ask button").ClickAsync();
        await Assertions.Expect(page.Locator("h1")).ToContainTextAsync("cancelled");
        await Look.AtAsync(page, "subscription-cancelled", script);
    }
}
