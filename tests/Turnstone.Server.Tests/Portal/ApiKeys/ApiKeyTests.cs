using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Turnstone.Directory;
using Turnstone.Model;
using Holdings = Turnstone.Directory.ApiKeys;

namespace Turnstone.Server.Tests.Portal.ApiKeys;

/// <summary>A new key, the list, and who sees what.</summary>
public sealed class ApiKeyTests : ApiKeyTest
{
    [Fact]
    public async Task A_new_key_is_shown_once_with_a_line_that_logs_in()
    {
        var (path, key, page) = await CreateAsync("build server");

        Assert.Matches(@"^tsk_\w{39}$", key);
        Assert.Contains("$API_KEY", Form.Copied(page)[1], StringComparison.Ordinal);
        Assert.DoesNotContain(key, Form.Copied(page)[1], StringComparison.Ordinal);
        Assert.Contains("https://id.example.test/v3/auth/login", Form.Copied(page)[1], StringComparison.Ordinal);
        await AssertLoginAsync(HttpStatusCode.OK, key);
        foreach (var later in new[] { Root, path, New })
        {
            Assert.DoesNotContain(key, await visitor.PageAsync(later), StringComparison.Ordinal);
        }

        var own = WebUtility.HtmlDecode(await visitor.PageAsync(path));
        Assert.Contains($"{key[..8]}…", own, StringComparison.Ordinal);
        Assert.Contains("<code>individuals.read</code>", own, StringComparison.Ordinal);
        Assert.Contains(">2031-08-04 07:08 UTC</time>", own, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_form_is_taken_once()
    {
        (string, string)[] form =
        [
            .. Form.Hidden(await visitor.PageAsync(New)),
            ("Name", "twice"),
            ("Days", "90"),
            ("Password", Known.Password),
        ];
        using var first = await visitor.PostAsync(New, form);
        using var second = await visitor.PostAsync(New, form);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Redirect), (first.StatusCode, second.StatusCode));
        Assert.Single(await ListAsync(), key => key.Name == "twice");
    }

    [Fact]
    public async Task What_cannot_be_is_refused_beside_its_field_and_stays()
    {
        string[] names = ["", "   ", "two\nlines", "bell\a", "\u202Ebackwards", new string('n', 101)];
        string[] days = ["", "0", "-1", "366", "1.5", "99999999999999999999", "ninety"];
        foreach (
            var (name, given, sentence) in names
                .Select(name => (name, "90", "Enter a name"))
                .Concat(days.Select(given => ("ci", given, "whole number of days")))
        )
        {
            var page = await visitor.FilledAsync(
                New,
                null,
                ("Name", name),
                ("Days", given),
                ("Chosen", "individuals.read"),
                ("Password", Known.Password)
            );

            Assert.Contains(sentence, page, StringComparison.Ordinal);
            Assert.Matches("value=\"individuals.read\"[^>]*checked", page);
            Assert.Equal(given == "90", Regex.IsMatch(page, "value=\"90\"[^>]*selected"));
            Assert.DoesNotContain(Known.Password, page, StringComparison.Ordinal);
        }

        Assert.Single(await ListAsync());
    }

    [Fact]
    public async Task An_empty_form_and_a_wrong_password_make_no_key()
    {
        Assert.Contains("Enter a name", await visitor.FilledAsync(New, null), StringComparison.Ordinal);
        Assert.Contains(
            "The password is wrong.",
            await visitor.FilledAsync(New, null, ("Name", "ci"), ("Days", "90"), ("Password", "wrong")),
            StringComparison.Ordinal
        );
        Assert.Single(await ListAsync());
    }

    [Fact]
    public async Task A_scope_that_is_not_offered_is_never_given()
    {
        foreach (var scope in new[] { "admin", "openid", "individuals.read admin", "\"", new string('s', 2000) })
        {
            var page = await visitor.FilledAsync(
                New,
                null,
                ("Name", "ci"),
                ("Days", "90"),
                ("Chosen", "individuals.read"),
                ("Chosen", scope),
                ("Password", Known.Password)
            );
            Assert.Contains("is not offered here", page, StringComparison.Ordinal);
        }

        await visitor.FilledAsync(
            New,
            null,
            ("Name", "none"),
            ("Days", "90"),
            ("Chosen", ""),
            ("Scopes", "admin"),
            ("Password", Known.Password)
        );
        Assert.True((await ListAsync()).Single(key => key.Name != "ci").Scopes.IsEmpty);
    }

    [Fact]
    public async Task More_than_the_most_are_refused_with_a_sentence()
    {
        var me = (await Known.AccountAsync(server.Services))!.Id;
        for (var i = 1; i < Holdings.MostLive; i++)
        {
            await Keys.CreateAsync(me, $"key {i}", Scopes.None, null, Caller.Operator, Cancel);
        }

        var page = await visitor.FilledAsync(
            New,
            null,
            ("Name", "one more"),
            ("Days", "90"),
            ("Password", Known.Password)
        );

        Assert.Contains("You have 100 API keys", page, StringComparison.Ordinal);
        Assert.Equal(Holdings.MostLive, (await ListAsync()).Count);
    }

    [Fact]
    public async Task The_list_says_where_each_key_stands_and_when_it_was_used()
    {
        var (_, _, _) = await CreateAsync("soon", days: 14);
        var (_, used, _) = await CreateAsync("used", days: 365);
        await AssertLoginAsync(HttpStatusCode.OK, used);
        await CreateAsync("short", days: 1);
        await NotedAsync("used");
        server.Time.Advance(TimeSpan.FromDays(2));
        using var later = await Visitor.SignedInAsync(server);

        var page = await later.PageAsync(Root);

        Assert.Contains("freezes in 12 days", page, StringComparison.Ordinal);
        var text = WebUtility.HtmlDecode(page);
        Assert.Contains("The key “soon” freezes in 12 days.", text, StringComparison.Ordinal);
        Assert.Contains("The key “short” is frozen", text, StringComparison.Ordinal);
        Assert.Contains(">frozen</span>", page, StringComparison.Ordinal);
        Assert.Contains(">active</span>", page, StringComparison.Ordinal);
        Assert.Contains(">2 days ago</time>", page, StringComparison.Ordinal);
        Assert.Contains("127.0.0.1", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Html_in_names_is_text()
    {
        const string nasty = "<script>alert(1)</script>\"'";
        var (path, _, page) = await CreateAsync(nasty);
        await visitor.FillAsync(path, $"{path}?handler=Rename", ("Name", $"{nasty}2"));

        Assert.Equal($"{nasty}2", (await KeyAsync(path)).Name);
        foreach (var shown in new[] { page, await visitor.PageAsync(Root), await visitor.PageAsync(path) })
        {
            Assert.Contains("&lt;script&gt;alert(1)&lt;/script&gt;", shown, StringComparison.Ordinal);
            Assert.DoesNotContain("<script>alert", shown, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Another_accounts_key_is_answered_like_one_that_does_not_exist()
    {
        var grace = (await Known.AccountAsync(server.Services, Known.OtherEmail))!.Id;
        var other = (await Keys.CreateAsync(grace, "hers", Scopes.None, null, Caller.Operator, Cancel)).Key;
        foreach (
            var path in new[]
            {
                $"{Root}/{other.Id}",
                $"{Root}/{RandomSource.System.NewId(server.Time.Now)}",
                $"{Root}/1'",
            }
        )
        {
            using var seen = await visitor.GetAsync(path);
            Assert.Equal(HttpStatusCode.NotFound, seen.StatusCode);
            foreach (var handler in new[] { "Rename", "Renew", "Roll", "Revoke" })
            {
                using var tried = await visitor.FillAsync(
                    New,
                    $"{path}?handler={handler}",
                    ("Name", "mine"),
                    ("Overlap", "none"),
                    ("Password", Known.Password),
                    ("Id", $"{other.Id}"),
                    ("id", $"{other.Id}")
                );
                Assert.Equal(HttpStatusCode.NotFound, tried.StatusCode);
            }
        }

        Assert.Equivalent(
            other with
            {
                Revision = 1,
            },
            await server.Services.GetRequiredService<IApiKeyStore>().FindAsync(other.Id, Cancel),
            strict: true
        );
        Assert.DoesNotContain("hers", await visitor.PageAsync(Root), StringComparison.Ordinal);
    }
}
