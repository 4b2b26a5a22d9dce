using System.Diagnostics.Metrics;
using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Turnstone.Audit;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Server.Portal.Administration.Service;
using Turnstone.Server.Portal.Administration.SettingsInForce;
using Turnstone.Server.Settings;
using Turnstone.Server.Tests.Contracts;
using Turnstone.Tokens.Keys;

namespace Turnstone.Server.Tests.Portal.Administration;

/// <summary>Signing keys, the record, the load of the node, the settings.</summary>
public sealed class ServicePagesTests
{
    private const string Keys = "/portal/admin/keys";
    private const string Audit = "/portal/admin/audit";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Rotating_publishes_a_successor_once_and_retiring_lets_it_sign()
    {
        await using var server = await Administrators.StartAsync();
        var ring = server.Services.GetRequiredService<SigningKeyRing>();
        var old = ring.Signing(SigningAlgorithm.ES256).Kid;
        using var ada = await Visitor.SignedInAsync(server);

        using var rotated = await ada.SendAsync(
            Keys,
            $"{Keys}?handler=Rotate",
            ("Target", "ES256"),
            ("Reason", Administrators.Reason)
        );
        await server.AssertRecordedAsync(AuditEvent.SigningKeyCreated);
        using var twice = await ada.SendAsync(
            Keys,
            $"{Keys}?handler=Rotate",
            ("Target", "ES256"),
            ("Reason", Administrators.Reason)
        );
        var keys = await server.Services.GetRequiredService<ISigningKeyStore>().ListAsync(Cancel);
        var successor = Assert.Single(keys, key => key.Algorithm is SigningAlgorithm.ES256 && key.Kid != old).Kid;
        Assert.Contains(successor, await ada.PageAsync(Keys), StringComparison.Ordinal);

        using var unproven = await ada.SendAsync(
            Keys,
            $"{Keys}?handler=Retire",
            ("Target", old),
            ("Reason", Administrators.Reason),
            ("Password", "no")
        );
        Assert.Equal(old, ring.Signing(SigningAlgorithm.ES256).Kid);
        using var retired = await ada.SendAsync(
            Keys,
            $"{Keys}?handler=Retire",
            ("Target", old),
            ("Reason", Administrators.Reason),
            ("Password", Known.Password)
        );
        Assert.Equal(successor, ring.Signing(SigningAlgorithm.ES256).Kid);
        await server.AssertRecordedAsync(AuditEvent.SigningKeyRetired);

        foreach (
            var (act, target) in new[]
            {
                ("Rotate", "HS256"),
                ("Rotate", "0"),
                ("Rotate", ""),
                ("Retire", "nothing"),
                ("Retire", ""),
            }
        )
        {
            using var unknown = await ada.SendAsync(
                Keys,
                $"{Keys}?handler={act}",
                ("Target", target),
                ("Reason", Administrators.Reason),
                ("Password", Known.Password)
            );
            Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        }
    }

    [Fact]
    public async Task The_record_is_searched_by_all_that_it_holds_and_read_page_by_page()
    {
        await using var server = await Administrators.StartAsync();
        var log = server.Services.GetRequiredService<IAuditLog>();
        var grace = await server.AccountAsync(Known.OtherEmail);
        var ada = await server.AccountAsync(Known.Email);
        for (var i = 0; i < 60; i++)
        {
            server.Time.Advance(TimeSpan.FromMilliseconds(1));
            await log.AppendAsync(
                Entry(server, $"entry {i:00}.") with
                {
                    AccountId = grace.Id,
                    ClientId = "shop",
                },
                Cancel
            );
        }

        await log.AppendAsync(
            Entry(server, "the refused one") with
            {
                Refused = RefusalCode.InvalidCredentials,
                AccountId = grace.Id,
            },
            Cancel
        );
        await log.AppendAsync(
            Entry(server, "the deed") with
            {
                Caller = new Caller("192.0.2.1").ActingAs(ada.Id, "because"),
            },
            Cancel
        );
        using var visitor = await Visitor.SignedInAsync(server);

        var first = await visitor.PageAsync($"{Audit}?Account={Known.OtherEmail}&Client=shop&Event=CodeMinted");
        Assert.Contains("entry 59.", first, StringComparison.Ordinal);
        Assert.DoesNotContain("entry 09.", first, StringComparison.Ordinal);
        var older = WebUtility.HtmlDecode(
            System.Text.RegularExpressions.Regex.Match(first, "href=\"([^\"]*Before=[^\"]*)\"").Groups[1].Value
        );
        var second = await visitor.PageAsync(older);
        Assert.Contains("entry 09.", second, StringComparison.Ordinal);
        Assert.DoesNotContain("Older entries", second, StringComparison.Ordinal);

        Assert.Contains(
            "the refused one",
            await visitor.PageAsync($"{Audit}?Outcome=refused"),
            StringComparison.Ordinal
        );
        Assert.DoesNotContain(
            "the refused one",
            await visitor.PageAsync($"{Audit}?Outcome=done"),
            StringComparison.Ordinal
        );
        var deeds = await visitor.PageAsync($"{Audit}?Actor={Known.Email}");
        Assert.Contains("the deed", deeds, StringComparison.Ordinal);
        Assert.DoesNotContain("entry 59.", deeds, StringComparison.Ordinal);
        Assert.DoesNotContain("entry 59.", await visitor.PageAsync($"{Audit}?To=2031-05-05"), StringComparison.Ordinal);
        Assert.Contains(
            "entry 59.",
            await visitor.PageAsync($"{Audit}?From=2031-05-06&To=2031-05-06&Client=shop"),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("Event=Nothing", "There is no such event")]
    [InlineData("Event=0", "There is no such event")]
    [InlineData("Account=nobody@example.test", "There is no account with this email address")]
    [InlineData("Actor=%00", "There is no account with this email address")]
    [InlineData("Client=%00", "characters that cannot be printed")]
    [InlineData("From=yesterday", "Enter a day such as")]
    [InlineData("To=9999-12-31", "Enter a day such as")]
    public async Task A_search_that_cannot_be_asked_says_why(string query, string sentence)
    {
        await using var server = await Administrators.StartAsync();
        using var ada = await Visitor.SignedInAsync(server);

        Assert.Contains(
            sentence,
            WebUtility.HtmlDecode(await ada.PageAsync($"{Audit}?{query}")),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task An_export_holds_all_that_a_search_finds_and_no_formula()
    {
        await using var server = await Administrators.StartAsync();
        var log = server.Services.GetRequiredService<IAuditLog>();
        for (var i = 0; i < 510; i++)
        {
            server.Time.Advance(TimeSpan.FromMilliseconds(1));
            await log.AppendAsync(Entry(server, $"number {i}") with { ClientId = "long" }, Cancel);
        }

        server.Time.Advance(TimeSpan.FromMilliseconds(1));
        await log.AppendAsync(Entry(server, "=HYPERLINK(\"http://evil\",\"a\")") with { ClientId = "long" }, Cancel);
        using var ada = await Visitor.SignedInAsync(server);

        using var csv = await ada.GetAsync($"{Audit}/export?format=csv&Client=long");
        using var json = await ada.GetAsync($"{Audit}/export?format=json&Client=long");

        var lines = (await csv.Content.ReadAsStringAsync(Cancel)).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(512, lines.Length);
        Assert.StartsWith("time,event,refused,", lines[0], StringComparison.Ordinal);
        Assert.Contains(",\"'=HYPERLINK(\"\"http://evil\"\",\"\"a\"\")\",", lines[1], StringComparison.Ordinal);
        Assert.Equal("attachment", csv.Content.Headers.ContentDisposition?.DispositionType);
        Assert.Contains("no-store", csv.Headers.CacheControl?.ToString(), StringComparison.Ordinal);
        var entries = JsonNode.Parse(await json.Content.ReadAsStringAsync(Cancel))!.AsArray();
        Assert.Equal(511, entries.Count);
        Assert.Equal("number 0", (string?)entries[^1]!["detail"]);
    }

    [Fact]
    public async Task The_service_page_shows_what_this_node_did()
    {
        await using var server = await Administrators.StartAsync();
        using var ada = await Visitor.SignedInAsync(server);
        await server.GivenWaitingAsync();
        using var refused = await server.Http.GetAsync(
            new Uri("/auth/v1/token?code=nothing", UriKind.Relative),
            Cancel
        );

        var page = WebUtility.HtmlDecode(await ada.PageAsync("/portal/admin"));

        Assert.Contains("SQLite 3.", page, StringComparison.Ordinal);
        Assert.Contains("for this node", page, StringComparison.Ordinal);
        Assert.Contains("<a href=\"/portal/admin/approvals\">1</a>", page, StringComparison.Ordinal);
        Assert.Contains(
            server.Services.GetRequiredService<SigningKeyRing>().Signing(SigningAlgorithm.ES256).Kid[..12],
            page,
            StringComparison.Ordinal
        );
        Assert.Contains("<code>InvalidGrant</code>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Needs attention", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_hour_is_kept_by_the_minute_and_no_longer_and_memory_is_bounded()
    {
        var time = new FakeTimeProvider();
        using var recorder = new LoadRecorder(time);
        using var meter = new Meter("Turnstone");
        var grants = meter.CreateCounter<long>("turnstone.grants");
        await recorder.StartAsync(Cancel);
        var own = new LoadMeasure(LoadRecorder.Grants, "own", "granted");

        Count(grants, "own", "granted");
        time.Advance(TimeSpan.FromMinutes(1));
        Count(grants, "own", "granted");
        Count(grants, "own", "granted");
        Assert.Equal([1, 2], recorder.Hour(own)[^2..].Select(minute => minute.Count));

        time.Advance(TimeSpan.FromMinutes(59));
        Assert.Equal(2, recorder.Hour(own)[0].Count);
        Assert.Equal(2, recorder.Hour(own).Sum(minute => minute.Count));
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(0, recorder.Hour(own).Sum(minute => minute.Count));

        for (var i = 0; i < 1000; i++)
        {
            Count(grants, $"kind {i}", "granted");
        }

        Assert.InRange(recorder.GrantHours().Count(), 1, 256);
    }

    [Fact]
    public async Task Settings_are_shown_with_their_range_and_secrets_only_as_set()
    {
        var key = Convert.ToBase64String(Enumerable.Repeat((byte)7, 32).ToArray());
        await using var server = await Administrators.StartAsync(["Turnstone:CodeSeconds=77"]);
        using var ada = await Visitor.SignedInAsync(server);

        var page = await ada.PageAsync("/portal/admin/settings");
        Assert.Contains("<code>77</code>", page, StringComparison.Ordinal);
        Assert.Contains("1–600", WebUtility.HtmlDecode(page), StringComparison.Ordinal);
        Assert.Contains("SQLite file", page, StringComparison.Ordinal);

        var groups = SettingGroup.Of(
            new TurnstoneSettings(AllContracts.List)
            {
                MasterKey = key,
                PreviousMasterKeys = [key],
                Mail = new() { Password = key },
            }
        );
        var secrets = groups.SelectMany(group => group.Lines).Where(line => line.Setting.Secret).ToList();
        Assert.Equal(3, secrets.Count);
        Assert.All(secrets, line => Assert.True(line is { Value: null, IsSet: true }));
        Assert.DoesNotContain(
            groups.SelectMany(group => group.Lines),
            line => line.Value?.Contains(key, StringComparison.Ordinal) is true
        );
    }

    [Fact]
    public void Every_setting_has_its_meaning_in_german_too()
    {
        var german = new System.Resources.ResourceManager(typeof(SettingMeanings)).GetResourceSet(
            CultureInfo.GetCultureInfo("de"),
            true,
            false
        )!;
        var groups = SettingGroup.Of(new TurnstoneSettings(AllContracts.List));

        var missing = groups
            .Select(group => group.Key)
            .OfType<string>()
            .Concat(groups.SelectMany(group => group.Lines).Select(line => line.Key))
            .Distinct()
            .Where(key => german.GetString(key) is null);

        Assert.Equal([], missing);
    }

    [Fact]
    public void Every_event_has_a_word_in_each_language()
    {
        var words = new System.Resources.ResourceManager(
            typeof(Turnstone.Server.Portal.Administration.AdministrationWords)
        );
        foreach (var language in new[] { "", "de" })
        {
            var set = words.GetResourceSet(CultureInfo.GetCultureInfo(language), true, false)!;
            Assert.Equal([], Enum.GetNames<AuditEvent>().Where(name => set.GetString($"Event_{name}") is null));
        }
    }

    private static void Count(Counter<long> grants, string kind, string outcome) =>
        grants.Add(
            1,
            new KeyValuePair<string, object?>("kind", kind),
            new KeyValuePair<string, object?>("outcome", outcome)
        );

    private static AuditEntry Entry(TurnstoneServer server, string detail) =>
        new()
        {
            Event = AuditEvent.CodeMinted,
            At = server.Time.Now,
            Caller = new Caller("192.0.2.1"),
            Detail = detail,
        };
}
