using Microsoft.Playwright;
using Turnstone.Directory;

namespace Turnstone.Server.Tests.Portal.Home;

public sealed class HomeFlowTests(Browser browser)
{
    [Theory]
    [InlineData(true, false, false)]
    [InlineData(true, true, true)]
    [InlineData(false, false, true)]
    public async Task The_first_page_leads_on_and_warns(bool script, bool dark, bool phone)
    {
        await using var server = await PortalServer.StartAsync();
        var newcomer = await Form.NewcomerAsync(server);
        var page = await browser.SignedInAsync(server, dark, script, phone, email: newcomer.Email);
        await Look.AtAsync(page, "home-first", script);
        await page.Locator(".steps a").First.PressAsync("Enter");
        await Assertions.Expect(page.Locator("h1")).ToHaveTextAsync("Subscriptions");

        using var login = await server.Http.LoginV2Async();
        var token = await login.RefreshOfSetAsync();
        using var first = await server.Http.RefreshV2Async(token);
        server.Time.Advance(TimeSpan.FromDays(80));
        using var again = await server.Http.LoginV2Async();
        var next = await again.RefreshOfSetAsync();
        using var second = await server.Http.RefreshV2Async(next);
        server.Time.Advance(TimeSpan.FromHours(2));
        using var reused = await server.Http.RefreshV2Async(next);
        await HomeTests.GivenSuspectedCopyAsync(server);
        var old = await browser.SignedInAsync(server, dark, script, phone);
        await Look.AtAsync(old, "home", script);
        await Assertions.Expect(old.Locator(".alarms")).ToHaveCountAsync(2);
    }
}
