using System.Net;
using Microsoft.Playwright;
using Turnstone.Audit;
using Turnstone.Directory;
using static Microsoft.Playwright.Assertions;

namespace Turnstone.Server.Tests.Portal.Health;

public sealed class HealthTests(Browser browser)
{
    private const string Page = "/portal/health";

    [Fact]
    public async Task Each_integration_has_its_chart_its_meaning_and_its_numbers_and_nobody_elses()
    {
        await using var server = await PortalServer.StartAsync();
        await GivenUsageAsync(server);
        var theirs = await server.GivenApplicationAsync("Depot", Known.OtherEmail);
        Count(server, UsageHolder.Of(theirs.Client.Id, null, null), UsageOutcome.Reuse, 4711);
        using var visitor = await Visitor.SignedInAsync(server);

        var page = WebUtility.HtmlDecode(await visitor.PageAsync(Page));

        Assert.Equal(2, page.Split("<svg class=\"chart\"").Length - 1);
        Assert.Contains("Sessions ended because an old token was used again: 1", page, StringComparison.Ordinal);
        Assert.Contains("/portal/guides/updating-tokens#reuse", page, StringComparison.Ordinal);
        Assert.Contains("Application “<script>alert(1)</script>”", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>alert(1)", await visitor.PageAsync(Page), StringComparison.Ordinal);
        Assert.DoesNotContain("Depot", page, StringComparison.Ordinal);
        Assert.DoesNotContain("4711", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_older_than_thirty_days_is_not_in_it()
    {
        await using var server = await PortalServer.StartAsync();
        using (var visitor = await Visitor.SignedInAsync(server))
        {
            Count(server, UsageHolder.Of(null, null, await server.IdAsync()), UsageOutcome.Login, 3);
            Assert.Contains("<svg class=\"chart\"", await visitor.PageAsync(Page), StringComparison.Ordinal);
        }

        server.Time.Advance(TimeSpan.FromDays(30));
        using var later = await Visitor.SignedInAsync(server);
        Assert.Contains("There have been no logins yet", await later.PageAsync(Page), StringComparison.Ordinal);
        var quarter = await later.PageAsync($"{Page}?period=90d");
        Assert.Contains("<svg class=\"chart\"", quarter, StringComparison.Ordinal);
        Assert.Contains("in the last 90 days", quarter, StringComparison.Ordinal);
        Assert.Contains("in the last 30 days", await later.PageAsync($"{Page}?period=x"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_range_is_offered_and_a_day_says_its_values_on_hovering()
    {
        await using var server = await PortalServer.StartAsync();
        await GivenUsageAsync(server);
        using var visitor = await Visitor.SignedInAsync(server);

        foreach (var (range, last) in new[] { ("7d", "7 days"), ("30d", "30 days"), ("90d", "90 days") })
        {
            var page = await visitor.PageAsync($"{Page}?period={range}");
            Assert.Matches($"href=\"/portal/health\\?period={range}\" aria-current=\"true\"\\s*>{last}</a>", page);
        }

        Assert.Contains(
            "<title>2031-05-06&#xA;Logins: 2&#xA;Refreshes: 9</title>",
            await visitor.PageAsync(Page),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData(false, false, true)]
    [InlineData(true, true, true)]
    [InlineData(false, false, false)]
    public async Task The_charts_are_read_with_their_tables(bool dark, bool phone, bool script)
    {
        await using var server = await PortalServer.StartAsync();
        var page = await browser.SignedInAsync(server, dark, script, phone);
        await page.GotoAsync(Page);
        await Expect(page.Locator(".empty")).ToBeVisibleAsync();
        await GivenUsageAsync(server);
        await page.ReloadAsync();

        await page.Locator(".numbers summary").First.FocusAsync();
        await page.Keyboard.PressAsync("Enter");

        await Expect(page.Locator(".numbers[open] table")).ToBeVisibleAsync();
        if (script)
        {
            await Browser.AssertSoundAsync(page);
        }
    }

    internal static async Task GivenUsageAsync(TurnstoneServer server)
    {
        var key = (
            await server.Of<IApiKeyStore>().ListAsync(await server.IdAsync(), TestContext.Current.CancellationToken)
        )[0];
        var shop = await server.GivenApplicationAsync("<script>alert(1)</script>");
        Count(server, UsageHolder.Of(null, key.Id, null), UsageOutcome.Login, 2);
        Count(server, UsageHolder.Of(null, key.Id, null), UsageOutcome.Refresh, 9);
        Count(server, UsageHolder.Of(shop.Client.Id, null, null), UsageOutcome.Refresh, 30);
        Count(server, UsageHolder.Of(shop.Client.Id, null, null), UsageOutcome.Reuse, 1);
        Count(server, UsageHolder.Of(shop.Client.Id, null, null), UsageOutcome.Expired, 2);
    }

    internal static void Count(TurnstoneServer server, UsageHolder holder, UsageOutcome outcome, int times)
    {
        for (var i = 0; i < times; i++)
        {
            server.Of<IUsageCounters>().Count(holder, outcome);
        }
    }
}
