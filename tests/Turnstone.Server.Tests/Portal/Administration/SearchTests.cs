using System.Net;
using Microsoft.Playwright;
using Turnstone.Administration;
using Turnstone.Model;
using Turnstone.Server.Tests.Contracts.OAuth2.Resources;

namespace Turnstone.Server.Tests.Portal.Administration;

/// <summary>What administrators search through, and how much of the audit log a screen holds.</summary>
public sealed class SearchTests(Browser browser)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Settings_products_and_approvals_are_searched()
    {
        await using var server = await Administrators.StartAsync();
        using var ada = await Visitor.SignedInAsync(server);
        await server.GivenWaitingAsync("premium");
        await server.GivenWaitingAsync("gold");
        foreach (var name in (string[])["stock", "pay"])
        {
            await KnownApis.AddAsync(server, KnownApis.Of(name, $"https://{name}.example.test"));
        }

        foreach (
            var (path, find, there, gone) in new[]
            {
                ("/portal/admin/settings", "emailsper", "EmailsPerAddress:Count", "DrainSeconds"),
                ("/portal/admin/settings", "id.example.test", "Issuer", "DrainSeconds"),
                ("/portal/admin/settings", "Markdown", "Guides", "Issuer"),
                ("/portal/admin/products", "PREM", "premium", "gold"),
                ("/portal/admin/approvals", "gold", "gold", "premium"),
                ("/portal/admin/approvals", "grace@", "premium", "Nothing matches"),
                ("/portal/admin/settings", "no such thing", "Nothing matches", "DrainSeconds"),
                ("/portal/admin/products", "<script>", "Nothing matches", "<script>"),
                ("/portal/admin/apis", "STOCK", "https://stock.example.test", "https://pay.example.test"),
                ("/portal/admin/apis", "pay.exam", "https://pay.example.test", "https://stock.example.test"),
                ("/portal/admin/apis", "id.example.test", "from the settings", "https://stock.example.test"),
                ("/portal/admin/apis", "no such thing", "Nothing matches", "https://stock.example.test"),
            }
        )
        {
            var page = await ada.PageAsync($"{path}?find={Uri.EscapeDataString(find)}");
            var main = page[page.IndexOf("<main", StringComparison.Ordinal)..];
            Assert.Contains(there, main, StringComparison.Ordinal);
            Assert.DoesNotContain(gone, main, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_screen_holds_twenty_entries_of_the_audit_log_each_with_its_time_on_one_line()
    {
        await using var server = await Administrators.StartAsync();
        // As many as a page has: what was made before them, all in one moment, would come in any order.
        for (var i = 0; i < 50; i++)
        {
            await server.GivenSessionAsync(client: "shop");
            server.Time.Advance(TimeSpan.FromMinutes(1));
        }

        var page = await browser.SignedInAsync(server);
        await page.GotoAsync("/portal/admin/audit");
        await Look.AtAsync(page, "audit", script: true);
        var seen = await page.EvaluateAsync<int>(
            "[...document.querySelectorAll('.audit tbody tr')].filter(row => row.getBoundingClientRect().bottom <= "
                + "innerHeight).length"
        );
        Assert.InRange(seen, 20, 50);
        var tallest = await page.EvaluateAsync<double>(
            "Math.max(...[...document.querySelectorAll('.audit .at')].map(cell => cell.firstElementChild"
                + ".getClientRects().length))"
        );
        Assert.Equal(1, tallest);
        Assert.Equal("by one-time code (/auth)", await DetailAsync(page));

        await page.SetViewportSizeAsync(390, 844);
        await Look.AtAsync(page, "audit", script: true);
        var tall = await page.EvaluateAsync<string[]>(
            "[...document.querySelectorAll('.audit tbody tr')].filter(row => row.offsetHeight < 20 || "
                + "row.offsetHeight > 110).map(row => `${row.offsetHeight}: ${row.innerText}`)"
        );
        Assert.Empty(tall);
    }

    private static async Task<string> DetailAsync(IPage page) =>
        (await page.Locator(".audit tr:has(a[href$='clients/shop']) td.words").First.InnerTextAsync()).Trim();
}
