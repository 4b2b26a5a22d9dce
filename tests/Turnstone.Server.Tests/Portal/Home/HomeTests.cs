using System.Net;
using Turnstone.Audit;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Server.Tests.Portal.Administration;

namespace Turnstone.Server.Tests.Portal.Home;

public sealed class HomeTests : IAsyncLifetime
{
    private const string First = "Steps to your first token";

    private TurnstoneServer server = null!;

    public async ValueTask InitializeAsync() => server = await PortalServer.StartAsync();

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task A_newcomer_is_led_to_the_first_token_until_there_is_one()
    {
        await Form.NewcomerAsync(server);
        using var visitor = await Visitor.SignedInAsync(server, "neu@example.test");
        var page = await visitor.PageAsync("/portal");
        Assert.Contains(First, page, StringComparison.Ordinal);
        Assert.Contains("0 of 4 done", page, StringComparison.Ordinal);

        await visitor.FilledAsync(
            "/portal/api-keys/new",
            null,
            ("Name", "ci"),
            ("Days", "90"),
            ("Password", Known.Password)
        );
        Assert.Contains("1 of 4 done", await visitor.PageAsync("/portal"), StringComparison.Ordinal);
        await visitor.FilledAsync(
            "/portal/profile/generate-token",
            null,
            ("Email", "neu@example.test"),
            ("Password", Known.Password)
        );

        Assert.DoesNotContain(First, await visitor.PageAsync("/portal"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_that_was_used_again_raises_an_alarm_for_a_week_to_its_owner_alone()
    {
        using var login = await server.Http.LoginV2Async();
        var token = await login.RefreshOfSetAsync();
        using var first = await server.Http.RefreshV2Async(token);
        server.Time.Advance(TimeSpan.FromHours(1));
        using var reused = await server.Http.RefreshV2Async(token);
        Assert.Equal(HttpStatusCode.BadRequest, reused.StatusCode);

        using var ada = await Visitor.SignedInAsync(server);
        using var grace = await Visitor.SignedInAsync(server, Known.OtherEmail);
        var page = await ada.PageAsync("/portal");
        Assert.Contains("A refresh token was used again.", page, StringComparison.Ordinal);
        Assert.Contains("<code>127.0.0.1</code>", page, StringComparison.Ordinal);
        Assert.DoesNotContain(
            "A refresh token was used again.",
            await grace.PageAsync("/portal"),
            StringComparison.Ordinal
        );

        server.Time.Advance(TimeSpan.FromDays(7) + TimeSpan.FromMinutes(1));
        Assert.DoesNotContain(
            "A refresh token was used again.",
            await ada.PageAsync("/portal"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_suspected_copy_is_shown_for_a_week_to_its_owner_alone()
    {
        await GivenSuspectedCopyAsync(server);

        using var ada = await Visitor.SignedInAsync(server);
        using var grace = await Visitor.SignedInAsync(server, Known.OtherEmail);
        var page = await ada.PageAsync("/portal");
        Assert.Contains("may have been copied", page, StringComparison.Ordinal);
        Assert.Contains("href=\"/portal/sessions\"", page, StringComparison.Ordinal);
        Assert.DoesNotContain("may have been copied.", await grace.PageAsync("/portal"), StringComparison.Ordinal);

        server.Time.Advance(TimeSpan.FromDays(7) + TimeSpan.FromMinutes(1));
        Assert.DoesNotContain("may have been copied.", await ada.PageAsync("/portal"), StringComparison.Ordinal);
    }

    /// <summary>Two generations in a row that were each asked for twice.</summary>
    internal static async Task GivenSuspectedCopyAsync(TurnstoneServer server)
    {
        using var login = await server.Http.LoginV2Async();
        var token = await login.RefreshOfSetAsync();
        for (var generation = 0; generation < 2; generation++)
        {
            using var one = await server.Http.RefreshV2Async(token);
            using var two = await server.Http.RefreshV2Async(token);
            token = await two.RefreshOfSetAsync();
        }
    }

    [Fact]
    public async Task Sessions_and_what_was_done_today_are_counted()
    {
        using var byPassword = await server.Http.LoginV2Async();
        using var byKey = await server.Http.LoginV3Async();
        using var refreshed = await server.Http.RefreshV2Async(await byPassword.RefreshOfSetAsync());
        using var visitor = await Visitor.SignedInAsync(server);

        var page = await visitor.PageAsync("/portal");

        Assert.Contains("<a href=\"/portal/sessions\">2</a>", page, StringComparison.Ordinal);
        Assert.Contains("<a href=\"/portal/health\">2</a>", page, StringComparison.Ordinal);
        Assert.Contains("<a href=\"/portal/health\">1</a>", page, StringComparison.Ordinal);
        Assert.Contains("<a href=\"/portal/api-keys\">1</a>", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_last_days_are_drawn_with_values_on_hovering_and_in_a_table_once_something_has_happened()
    {
        using var visitor = await Visitor.SignedInAsync(server);
        Assert.DoesNotContain("home-chart", await visitor.PageAsync("/portal"), StringComparison.Ordinal);

        using var login = await server.Http.LoginV2Async();
        using var refreshed = await server.Http.RefreshV2Async(await login.RefreshOfSetAsync());
        server.Time.Advance(TimeSpan.FromDays(1));
        using var other = await server.Http.LoginV3Async();
        var page = await visitor.PageAsync("/portal");

        Assert.Contains("<svg class=\"chart\"", page, StringComparison.Ordinal);
        Assert.Contains("Logins: 2, Refreshes: 1", page, StringComparison.Ordinal);
        Assert.Contains("<title>2031-05-06&#xA;Logins: 1&#xA;Refreshes: 1</title>", page, StringComparison.Ordinal);
        Assert.Contains("<title>2031-05-07&#xA;Logins: 1</title>", page, StringComparison.Ordinal);
        Assert.Matches(Row("2031-05-06", 1, 1), page);
        Assert.Matches(Row("2031-05-07", 1, 0), page);
    }

    [Fact]
    public async Task A_key_that_freezes_soon_is_told_of()
    {
        server.Time.Advance(TimeSpan.FromDays(80));
        using var visitor = await Visitor.SignedInAsync(server);

        Assert.Contains(
            "The key “ci” freezes in 10 days.",
            WebUtility.HtmlDecode(await visitor.PageAsync("/portal")),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task The_last_events_are_told_and_those_of_nobody_else()
    {
        using var ada = await Visitor.SignedInAsync(server);
        using var made = await ada.FillAsync("/portal/api-keys/new", null, ("Name", "mine"), ("Days", "90"));
        using var grace = await Visitor.SignedInAsync(server, Known.OtherEmail);

        var page = await ada.PageAsync("/portal");
        Assert.Contains("Last events", page, StringComparison.Ordinal);
        Assert.Contains("API key created", page, StringComparison.Ordinal);
        Assert.Contains("mine", page, StringComparison.Ordinal);
        Assert.DoesNotContain("API key created", await grace.PageAsync("/portal"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_waits_is_told_to_whoever_waits_and_to_whoever_decides()
    {
        var store = server.Of<ISubscriptionStore>();
        var product = new Product(RandomSource.System.NewId(server.Time.Now), "slow", true, server.Time.Now);
        await store.SaveProductAsync(
            product,
            new AuditEntry
            {
                Event = AuditEvent.ProductCreated,
                At = server.Time.Now,
                Caller = Caller.Operator,
            },
            TestContext.Current.CancellationToken
        );
        using var grace = await Visitor.SignedInAsync(server, Known.OtherEmail);
        using var asked = await grace.SendAsync("/portal/subscriptions", null, ("Product", $"{product.Id}"));
        using var ada = await Visitor.SignedInAsync(server);
        Assert.DoesNotContain("your approval", await ada.PageAsync("/portal"), StringComparison.Ordinal);
        await server.ChangeAsync(Known.Email, account => account.Administrator = true);
        using var administrator = await Visitor.SignedInAsync(server);

        Assert.Contains(
            "Your subscription waits for the provider",
            await grace.PageAsync("/portal"),
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("your approval", await grace.PageAsync("/portal"), StringComparison.Ordinal);
        var page = await administrator.PageAsync("/portal");
        Assert.Contains("1 subscription waits for your approval.", page, StringComparison.Ordinal);
        Assert.Contains("href=\"/portal/admin/approvals\"", page, StringComparison.Ordinal);
    }

    /// <summary>Days after a preposition and without one, and numbers with the language's own signs.</summary>
    [Fact]
    public async Task Spans_and_numbers_are_written_as_the_language_has_them()
    {
        server.Time.Advance(TimeSpan.FromDays(80));
        var me = await server.IdAsync();
        for (var i = 0; i < 1234; i++)
        {
            server.Of<IUsageCounters>().Count(UsageHolder.Of(null, null, me), UsageOutcome.Refresh);
        }

        using var english = await Visitor.SignedInAsync(server);
        using var german = await Visitor.SignedInAsync(server);
        german.Http.DefaultRequestHeaders.Add("Accept-Language", "de");
        var home = WebUtility.HtmlDecode(await german.PageAsync("/portal"));
        var form = WebUtility.HtmlDecode(await german.PageAsync("/portal/api-keys/new"));

        Assert.Contains("friert in 10 Tagen ein", home, StringComparison.Ordinal);
        Assert.Contains("90 Tage, bis", form, StringComparison.Ordinal);
        Assert.Contains(">1.234<", home, StringComparison.Ordinal);
        Assert.Contains(">1,234<", await english.PageAsync("/portal"), StringComparison.Ordinal);
    }

    private static string Row(string day, params int[] counts) =>
        $"<th scope=\"row\">{day}</th>"
        + string.Concat(counts.Select(count => $"\\s*<td class=\"number\">{count}</td>"));

    [Fact]
    public async Task It_speaks_german_too()
    {
        using var visitor = await Visitor.SignedInAsync(server);
        visitor.Http.DefaultRequestHeaders.Add("Accept-Language", "de");

        foreach (
            var path in new[]
            {
                "/portal",
                "/portal/api-keys",
                "/portal/api-keys/new",
                "/portal/subscriptions",
                "/portal/profile/generate-token",
            }
        )
        {
            Assert.Contains("<html lang=\"de\">", await visitor.PageAsync(path), StringComparison.Ordinal);
        }

        Assert.Contains(
            "Deine Schlüssel",
            WebUtility.HtmlDecode(await visitor.PageAsync("/portal/api-keys")),
            StringComparison.Ordinal
        );
    }
}
