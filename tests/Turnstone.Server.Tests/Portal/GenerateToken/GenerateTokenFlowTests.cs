using Microsoft.Playwright;

namespace Turnstone.Server.Tests.Portal.GenerateToken;

public sealed class GenerateTokenFlowTests(Browser browser)
{
    [Theory]
    [InlineData(true, false, false)]
    [InlineData(true, true, true)]
    [InlineData(false, false, false)]
    public async Task Whoever_proves_himself_sees_his_tokens_once(bool script, bool dark, bool phone)
    {
        await using var server = await PortalServer.StartAsync();
        var page = await browser.SignedInAsync(server, dark, script, phone);
        await page.GotoAsync("/portal/profile/generate-token");
        await Look.AtAsync(page, "generate-token-proven", script);
        await Assertions.Expect(page.Locator("#Password")).ToHaveCountAsync(0);

        server.Time.Advance(TimeSpan.FromMinutes(20));
        await page.ReloadAsync();
        await Look.AtAsync(page, "generate-token-ask", script);

        await page.Locator("#Password").FillAsync("wrong");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator("#Password-error")).ToHaveTextAsync("The password is wrong.");

        await page.Locator("#Password").FillAsync(Known.Password);
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator("[data-shown-once]")).ToBeVisibleAsync();
        await Look.AtAsync(page, "generate-token", script);

        await page.ReloadAsync();
        await Assertions.Expect(page.Locator(".proven")).ToBeVisibleAsync();
        await Assertions.Expect(page.GetByText("tsr_")).ToHaveCountAsync(0);
    }
}
