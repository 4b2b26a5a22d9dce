using Microsoft.Playwright;
using Turnstone.Server.Tests.Portal.Administration;
using Turnstone.Server.Tests.Portal.Pictures;

namespace Turnstone.Server.Tests.Portal.Shell;

/// <summary>
/// The pages with lists, of an account that has much of everything, are sound and do not scroll sideways.
/// </summary>
public sealed class FilledPagesTests(Browser browser)
{
    [Theory]
    [InlineData(false, false, "en")]
    [InlineData(true, false, "de")]
    [InlineData(false, true, "de")]
    [InlineData(true, true, "en")]
    public async Task A_busy_accounts_pages_are_sound(bool dark, bool phone, string language)
    {
        await using var server = await Administrators.StartAsync();
        var key = await BusyAccount.FillAsync(server);
        var page = await browser.SignedInAsync(server, dark, phone: phone, language: language);
        foreach (
            var (name, path) in new[]
            {
                ("home", "/portal"),
                ("keys", "/portal/api-keys"),
                ("key", $"/portal/api-keys/{key.Id}"),
                ("key-day", $"/portal/api-keys/{key.Id}?period=24h"),
                ("sessions", "/portal/sessions"),
                ("activity", "/portal/activity"),
                ("applications", "/portal/applications"),
                ("health", "/portal/health"),
                ("subscriptions", "/portal/subscriptions"),
                ("new-key", "/portal/api-keys/new"),
                ("admin-accounts", "/portal/admin/accounts"),
                ("admin-clients", "/portal/admin/clients"),
                ("admin-audit", "/portal/admin/audit"),
            }
        )
        {
            await page.GotoAsync(path);
            await Assertions.Expect(page.Locator("main h1")).ToBeVisibleAsync();
            await Look.AtAsync(page, $"filled-{name}-{language}", script: true);
        }
    }
}
