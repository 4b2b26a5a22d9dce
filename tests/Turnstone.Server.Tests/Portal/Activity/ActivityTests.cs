using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Playwright;
using Turnstone.Audit;
using Turnstone.Directory;
using Turnstone.Model;
using static Microsoft.Playwright.Assertions;

namespace Turnstone.Server.Tests.Portal.Activity;

public sealed class ActivityTests(Browser browser)
{
    private const string Page = "/portal/activity";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ones_own_account_and_applications_are_there_and_nobody_elses()
    {
        await using var server = await PortalServer.StartAsync();
        var shop = await server.GivenApplicationAsync();
        var admin = await server.IdAsync(Known.OtherEmail);
        await AddAsync(
            server,
            AuditEvent.AccountChanged,
            detail: "email confirmed",
            caller: new Caller("198.51.100.9", "admin/1").ActingAs(admin, "asked by phone")
        );
        await AddAsync(
            server,
            AuditEvent.RefreshReuse,
            Known.OtherEmail,
            shop.Client.Id,
            RefusalCode.TokenReused,
            "distance 2"
        );
        await AddAsync(
            server,
            AuditEvent.LoginFailed,
            Known.OtherEmail,
            refused: RefusalCode.InvalidCredentials,
            detail: "another's"
        );
        using var visitor = await Visitor.SignedInAsync(server);

        var page = WebUtility.HtmlDecode(await visitor.PageAsync(Page));

        Assert.Contains("The provider", page, StringComparison.Ordinal);
        Assert.Contains("Reason: asked by phone", page, StringComparison.Ordinal);
        Assert.DoesNotContain("198.51.100.9", page, StringComparison.Ordinal);
        Assert.Contains("An old refresh token was used again", page, StringComparison.Ordinal);
        Assert.Contains("A user of your application", page, StringComparison.Ordinal);
        Assert.DoesNotContain("192.0.2.44", page, StringComparison.Ordinal);
        Assert.DoesNotContain("another's", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_filter_narrows_and_what_it_cannot_read_gets_a_sentence()
    {
        await using var server = await PortalServer.StartAsync();
        await AddAsync(server, AuditEvent.PasswordChanged, detail: "one");
        server.Time.Advance(TimeSpan.FromDays(2));
        await AddAsync(server, AuditEvent.LoginFailed, refused: RefusalCode.InvalidCredentials, detail: "two");
        using var visitor = await Visitor.SignedInAsync(server);

        foreach (
            var (query, one, two) in new[]
            {
                ("?group=account", true, false),
                ("?group=logins", false, true),
                ("?outcome=refused", false, true),
                ("?outcome=done", true, false),
                ("?from=2031-05-08", false, true),
                ("?to=2031-05-07", true, false),
                ("?from=2031-05-06&to=2031-05-06", true, false),
                ("?group=nothing&outcome=7", true, true),
                ("?before=x", true, true),
                ("?from=tomorrow", true, true),
                ("?from=0001-01-01&to=9999-12-31", true, true),
            }
        )
        {
            var page = await visitor.PageAsync($"{Page}{query}");
            Assert.Equal(
                (query, one, two),
                (
                    query,
                    page.Contains(">one<", StringComparison.Ordinal),
                    page.Contains(">two<", StringComparison.Ordinal)
                )
            );
        }

        var refused = await visitor.PageAsync($"{Page}?from=%22%3E%3Cscript%3E");
        Assert.Contains("Enter a day such as 2031-05-06.", refused, StringComparison.Ordinal);
        Assert.DoesNotContain("\"><script>", refused, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_day_is_the_readers()
    {
        await using var server = await PortalServer.StartAsync();
        server.Time.Advance(new DateTimeOffset(2031, 5, 6, 22, 30, 0, TimeSpan.Zero) - server.Time.Now);
        await AddAsync(server, AuditEvent.PasswordChanged, detail: "late");
        using var visitor = await Visitor.SignedInAsync(server);
        visitor.Cookies.Add(server.BaseAddress, new System.Net.Cookie("turnstone-zone", "Europe/Berlin"));

        Assert.DoesNotContain(">late<", await visitor.PageAsync($"{Page}?to=2031-05-06"), StringComparison.Ordinal);
        Assert.Contains(">late<", await visitor.PageAsync($"{Page}?from=2031-05-07"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pages_follow_each_other_without_a_gap_and_the_export_has_them_all()
    {
        await using var server = await PortalServer.StartAsync();
        for (var i = 0; i < 1100; i++)
        {
            await AddAsync(server, AuditEvent.PasswordChanged, detail: $"={i:0000}");
        }

        await AddAsync(server, AuditEvent.PasswordChanged, Known.OtherEmail, detail: "another's");
        using var visitor = await Visitor.SignedInAsync(server);
        var first = await visitor.PageAsync($"{Page}?group=account");
        var next = WebUtility.HtmlDecode(
            first[first.IndexOf("/portal/activity?group=account&", StringComparison.Ordinal)..].Split('"')[0]
        );
        var seen = new[] { first, await visitor.PageAsync(next) }
            .SelectMany(page => page.Split(">=").Skip(1).Select(part => part[..4]))
            .ToList();
        Assert.Equal(Enumerable.Range(1000, 100).Reverse().Select(i => $"{i:0000}"), seen);

        using var csv = await visitor.GetAsync($"{Page}?group=account&handler=Csv");
        Assert.Equal(
            "attachment; filename=\"turnstone-activity-2031-05-06.csv\"",
            csv.Content.Headers.ContentDisposition?.ToString()
        );
        Assert.Equal("text/csv", csv.Content.Headers.ContentType?.MediaType);
        var lines = (await csv.TextAsync()).Split("\r\n");
        Assert.Equal(1102, lines.Length);
        Assert.Contains(",'=1099,", lines[1], StringComparison.Ordinal);
        Assert.DoesNotContain(lines, line => line.Contains("another's", StringComparison.Ordinal));

        using var json = await visitor.GetAsync($"{Page}?group=account&handler=Json");
        var entries = JsonNode.Parse(await json.TextAsync())!.AsArray();
        Assert.Equal(
            (1100, "=1099", "PasswordChanged"),
            (entries.Count, (string?)entries[0]!["detail"], (string?)entries[0]!["event"])
        );
        Assert.Equal("nosniff", json.Headers.GetValues("X-Content-Type-Options").Single());
        using var none = await visitor.GetAsync($"{Page}?group=applications&handler=Json");
        Assert.Empty(JsonNode.Parse(await none.TextAsync())!.AsArray());
    }

    [Theory]
    [InlineData("Csv")]
    [InlineData("Json")]
    public async Task An_export_with_a_day_that_is_none_is_the_page_with_its_sentence(string handler)
    {
        await using var server = await PortalServer.StartAsync();
        await AddAsync(server, AuditEvent.PasswordChanged, detail: "kept in");
        using var visitor = await Visitor.SignedInAsync(server);

        using var refused = await visitor.GetAsync($"{Page}?from=2031-02-30&handler={handler}");

        Assert.Equal(
            ("text/html", null),
            (refused.Content.Headers.ContentType?.MediaType, refused.Content.Headers.ContentDisposition)
        );
        Assert.Contains("Enter a day such as 2031-05-06.", await refused.TextAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, false, true)]
    [InlineData(true, true, true)]
    [InlineData(false, false, false)]
    public async Task The_record_is_filtered_and_taken_along(bool dark, bool phone, bool script)
    {
        await using var server = await PortalServer.StartAsync();
        await AddAsync(server, AuditEvent.LoginFailed, refused: RefusalCode.InvalidCredentials, detail: "Password");
        var page = await browser.SignedInAsync(server, dark, script, phone);
        await page.GotoAsync(Page);
        await page.Locator("#group").SelectOptionAsync("alarms");
        await page.Locator("form.filter button").First.ClickAsync();

        await Expect(page.Locator("tbody tr")).ToHaveCountAsync(1);
        await Expect(page.Locator(".badge.bad")).ToHaveTextAsync("Refused");
        await Expect(page.Locator(".why")).ToHaveTextAsync("Wrong email or password");
        if (script)
        {
            await Browser.AssertSoundAsync(page);
        }

        var file = await page.RunAndWaitForDownloadAsync(() => page.Locator("button[value=Csv]").ClickAsync());
        Assert.Equal("turnstone-activity-2031-05-06.csv", file.SuggestedFilename);
    }

    private static async Task AddAsync(
        TurnstoneServer server,
        AuditEvent what,
        string email = Known.Email,
        string? client = null,
        RefusalCode? refused = null,
        string? detail = null,
        Caller? caller = null
    )
    {
        var entry = new AuditEntry
        {
            Event = what,
            At = server.Time.Now,
            Caller = caller ?? new Caller("192.0.2.44", "curl/8.5.0"),
            AccountId = await server.IdAsync(email),
            ClientId = client,
            Refused = refused,
            Detail = detail,
        };
        await server.Of<IAuditLog>().AppendAsync(entry, Cancel);
        server.Time.Advance(TimeSpan.FromMilliseconds(1));
    }
}
