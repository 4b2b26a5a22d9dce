using System.Net;
using Turnstone.Audit;
using Turnstone.Directory;
using Turnstone.Model;

namespace Turnstone.Server.Tests.Portal.ApiKeys;

/// <summary>The page of a key says who uses it, and what would stop if it ended.</summary>
public sealed class KeyUseTests : ApiKeyTest
{
    [Fact]
    public async Task A_key_that_nobody_has_used_stops_nothing()
    {
        var (path, _, _) = await CreateAsync("fresh");

        var page = await visitor.PageAsync(path);

        Assert.Contains("Nothing would stop if it ended", page, StringComparison.Ordinal);
        Assert.Contains("It was not used in this time.", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Networks and programs", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_line_that_logs_in_asks_for_the_key_and_the_page_does_not_have_it()
    {
        var (path, key, _) = await CreateAsync("web");

        var page = WebUtility.HtmlDecode(await visitor.PageAsync(path));

        Assert.Contains("read -rsp 'API_KEY: ' API_KEY", page, StringComparison.Ordinal);
        Assert.Contains("$API_KEY", page, StringComparison.Ordinal);
        Assert.DoesNotContain(key, page, StringComparison.Ordinal);
        Assert.Matches(@"<code>individuals\.read</code>\s+<a ", page);
    }

    [Fact]
    public async Task Logins_sessions_addresses_and_events_are_those_of_this_key_alone()
    {
        var (path, key, _) = await CreateAsync("web");
        var (other, _, _) = await CreateAsync("other");
        using (var login = await LoginAsync(key, "robot/2.0"))
        {
            Assert.Equal(HttpStatusCode.OK, login.StatusCode);
        }

        using (var login = await LoginAsync(key, "robot/2.0"))
        {
            Assert.Equal(HttpStatusCode.OK, login.StatusCode);
        }

        await NotedAsync("web");
        var page = WebUtility.HtmlDecode(await visitor.PageAsync(path));

        Assert.Contains("If it ended now, 2 sessions would stop at once.", page, StringComparison.Ordinal);
        Assert.Contains("Logins in the last 7 days: 2.", page, StringComparison.Ordinal);
        Assert.Matches("Logins <strong>2</strong>", page);
        Assert.Contains("robot 2.0", page, StringComparison.Ordinal);
        Assert.Contains("127.0.0.1", page, StringComparison.Ordinal);
        Assert.Matches("data-label=\"Uses\">2<", page);
        Assert.Contains("API key created", page, StringComparison.Ordinal);
        Assert.Contains("/portal/sessions?of=key%3A", page, StringComparison.Ordinal);
        var quiet = await visitor.PageAsync(other);
        Assert.Contains("Nothing would stop if it ended", quiet, StringComparison.Ordinal);
        Assert.DoesNotContain("robot 2.0", quiet, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_chart_looks_back_as_far_as_was_asked()
    {
        var (path, _, _) = await CreateAsync("old", days: 365);
        var key = await KeyAsync(path);
        foreach (var days in new[] { 60, 20, 5, 0 })
        {
            await LoggedAsync(key, server.Time.Now);
            server.Of<IUsageCounters>().Count(UsageHolder.Of(null, key.Id, null), UsageOutcome.Login);
            server.Time.Advance(
                TimeSpan.FromDays(
                    days switch
                    {
                        60 => 40,
                        20 => 15,
                        5 => 5,
                        _ => 0,
                    }
                )
            );
        }

        // The portal's cookie is older than it may be.
        visitor.Dispose();
        visitor = await Visitor.SignedInAsync(server);
        foreach (var (period, logins) in new[] { ("24h", 1), ("7d", 2), ("30d", 3), ("90d", 4), ("x", 3), ("", 3) })
        {
            var page = await visitor.PageAsync($"{path}?period={period}");
            Assert.Matches($"Logins <strong>{logins}</strong>", page);
        }

        var hours = await visitor.PageAsync($"{path}?period=24h");
        Assert.Contains("Refreshes are counted by the day", hours, StringComparison.Ordinal);
        Assert.Matches("aria-current=\"true\"\\s*>24 hours</a>", hours);
        Assert.Matches("<title>[0-9]{2}:00&#xA;Logins: 1</title>", hours);
    }

    [Fact]
    public async Task The_page_reads_only_so_much_of_a_record_that_is_long()
    {
        var (path, _, _) = await CreateAsync("busy");
        var key = await KeyAsync(path);
        for (var i = 0; i < 1010; i++)
        {
            await LoggedAsync(key, server.Time.Now);
        }

        var page = await visitor.PageAsync(path);

        Assert.Matches("data-label=\"Uses\">1000<", page);
    }

    [Fact]
    public async Task What_a_portal_did_with_the_key_is_no_use_of_it()
    {
        var (path, _, _) = await CreateAsync("renamed");
        using var renamed = await visitor.FillAsync(path, $"{path}?handler=Rename", ("Name", "again"));

        var page = await visitor.PageAsync(path);

        Assert.Contains("API key renamed", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Networks and programs", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_of_somebody_else_shows_nothing()
    {
        var theirs = await Keys.CreateAsync(
            await server.IdAsync(Known.OtherEmail),
            "theirs",
            Scopes.None,
            null,
            Caller.Operator,
            Cancel
        );
        using var answer = await visitor.GetAsync($"{Root}/{theirs.Key.Id}?period=24h");
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task The_form_offers_the_usual_times_and_takes_any_that_is_allowed()
    {
        var form = await visitor.PageAsync(New);
        foreach (var days in new[] { 1, 7, 30, 90, 180, 365 })
        {
            Assert.Contains($"<option value=\"{days}\"", form, StringComparison.Ordinal);
        }

        Assert.Matches("<option value=\"90\"[^>]*selected", form);
        Assert.Contains("7 days, until 2031-05-13", form, StringComparison.Ordinal);

        var (path, _, _) = await CreateAsync("odd", days: 12);
        Assert.Equal(server.Time.Now.AddDays(12), (await KeyAsync(path)).FreezesAt);
        foreach (var days in new[] { "0", "366", "x", "-1", "" })
        {
            Assert.Contains(
                "365",
                await visitor.FilledAsync(New, null, ("Name", "no"), ("Days", days)),
                StringComparison.Ordinal
            );
        }

        Assert.DoesNotContain(await ListAsync(), key => key.Name == "no");
    }

    private async Task<HttpResponseMessage> LoginAsync(string key, string agent)
    {
        using var program = new HttpClient { BaseAddress = server.BaseAddress };
        program.DefaultRequestHeaders.UserAgent.ParseAdd(agent);
        return await program.LoginV3Async(key);
    }

    private Task LoggedAsync(ApiKey key, DateTimeOffset at) =>
        server
            .Of<IAuditLog>()
            .AppendAsync(
                new AuditEntry
                {
                    Event = AuditEvent.Login,
                    At = at,
                    Caller = new Caller("203.0.113.7", "robot/1.0"),
                    AccountId = key.AccountId,
                    ApiKeyId = key.Id,
                    Contract = "session-v3",
                    Detail = "ApiKey",
                },
                Cancel
            );
}
