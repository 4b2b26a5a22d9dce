using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Turnstone.Audit;
using Turnstone.Directory;
using Turnstone.Model;

namespace Turnstone.Server.Tests.Portal.Administration;

/// <summary>The record: the search and the export.</summary>
public sealed class AuditPagesTests
{
    private const string Audit = "/portal/admin/audit";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Neither the word of a program nor the name of a family tells an administrator anything.</summary>
    [Fact]
    public async Task What_came_from_no_network_and_through_a_family_is_said_in_the_readers_words()
    {
        await using var server = await Administrators.StartAsync();
        var log = server.Services.GetRequiredService<IAuditLog>();
        foreach (var caller in new[] { Caller.Calendar, Caller.Various, Caller.Erased, Caller.Operator })
        {
            await log.AppendAsync(Entry(server, "Code") with { Caller = caller, Contract = "auth" }, Cancel);
        }

        using var visitor = await Visitor.SignedInAsync(server);
        visitor.Http.DefaultRequestHeaders.Add("Accept-Language", "de");
        var page = WebUtility.HtmlDecode(await visitor.PageAsync($"{Audit}?Event=CodeMinted"));

        foreach (var word in (string[])["Kalender", "mehrere", "gelöscht", "Anbieter"])
        {
            Assert.Contains($"<td>{word}</td>", page, StringComparison.Ordinal);
        }

        Assert.Contains("(/auth)", page, StringComparison.Ordinal);
        Assert.DoesNotContain("(auth)", page, StringComparison.Ordinal);
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

    private static AuditEntry Entry(TurnstoneServer server, string detail) =>
        new()
        {
            Event = AuditEvent.CodeMinted,
            At = server.Time.Now,
            Caller = new Caller("192.0.2.1"),
            Detail = detail,
        };
}
