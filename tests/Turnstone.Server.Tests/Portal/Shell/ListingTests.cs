using System.Net;
using Turnstone.Model;
using Turnstone.Server.Portal.Shell;
using Holdings = Turnstone.Directory.ApiKeys;

namespace Turnstone.Server.Tests.Portal.Shell;

/// <summary>Lists that can be long are searched, and have pages.</summary>
public sealed class ListingTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null, 1)]
    [InlineData("3", 3)]
    [InlineData("0", 1)]
    [InlineData("4", 3)]
    [InlineData("-1", 1)]
    [InlineData("x", 1)]
    [InlineData("99999999999999", 1)]
    public void A_page_that_there_is_not_is_the_nearest_one(string? asked, int expected)
    {
        var list = Listing.Of(Enumerable.Range(0, 7), null, asked, item => [$"{item}"], size: 3);

        Assert.Equal((expected, 3, 7), (list.Page, list.Pages, list.Found));
        Assert.Equal(expected == 3 ? [6] : [0, 1, 2], list.Shown);
    }

    [Fact]
    public void A_search_is_a_part_of_any_text_in_capitals_or_not()
    {
        string[] all = ["Alpha", "beta", "ALPHABET", "gamma"];

        var list = Listing.Of(all, "  alpha ", null, item => [null, item]);

        Assert.Equal(["Alpha", "ALPHABET"], list.Shown);
    }

    [Fact]
    public async Task Keys_are_searched_and_paged_and_the_search_goes_along()
    {
        await using var server = await PortalServer.StartAsync();
        var me = await server.IdAsync();
        for (var i = 0; i < 30; i++)
        {
            await server.Of<Holdings>().CreateAsync(me, $"robot {i:00}", Scopes.None, null, Caller.Operator, Cancel);
        }

        using var visitor = await Visitor.SignedInAsync(server);
        var first = await visitor.PageAsync("/portal/api-keys");
        var second = await visitor.PageAsync("/portal/api-keys?number=2");
        var found = await visitor.PageAsync("/portal/api-keys?find=ROBOT%200");
        var none = await visitor.PageAsync("/portal/api-keys?find=%3Cscript%3E");
        var robots = await visitor.PageAsync("/portal/api-keys?find=robot");

        Assert.Equal((25, 6), (Rows(first), Rows(second)));
        Assert.Contains("Page 1 of 2", first, StringComparison.Ordinal);
        Assert.Equal(10, Rows(found));
        Assert.Contains("Nothing matches your search.", none, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>\"", none, StringComparison.Ordinal);
        Assert.Contains("/portal/api-keys?find=robot&amp;number=2", robots, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Applications_are_searched_by_name_and_id()
    {
        await using var server = await PortalServer.StartAsync();
        for (var i = 0; i < 7; i++)
        {
            await server.GivenApplicationAsync($"App {i}");
        }

        using var visitor = await Visitor.SignedInAsync(server);
        var found = await visitor.PageAsync("/portal/applications?find=app%203");

        Assert.Contains("App 3", found, StringComparison.Ordinal);
        Assert.DoesNotContain("App 4", found, StringComparison.Ordinal);
        Assert.Equal(1, Rows(found));
    }

    [Fact]
    public async Task A_short_list_offers_no_search()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);

        foreach (var path in new[] { "/portal/api-keys", "/portal/applications", "/portal/subscriptions" })
        {
            Assert.DoesNotContain("name=\"find\"", await visitor.PageAsync(path), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Accounts_have_pages_without_a_gap()
    {
        await using var server = await Administration.Administrators.StartAsync();
        for (var i = 0; i < 55; i++)
        {
            await Form.NewcomerAsync(server, $"many{i:00}@example.test");
        }

        using var visitor = await Visitor.SignedInAsync(server);
        var first = await visitor.PageAsync("/portal/admin/accounts?Email=many");
        var next = WebUtility.HtmlDecode(
            first[first.IndexOf("/portal/admin/accounts?Email=many&amp;After", StringComparison.Ordinal)..].Split('"')[
                0
            ]
        );
        var second = await visitor.PageAsync(next);

        Assert.Equal((50, 5), (Rows(first), Rows(second)));
        Assert.Contains("many49@", first, StringComparison.Ordinal);
        Assert.Contains("many50@", second, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_keys_and_clients_of_an_account_have_pages_of_their_own()
    {
        await using var server = await Administration.Administrators.StartAsync();
        var me = await server.IdAsync();
        for (var i = 0; i < 26; i++)
        {
            await server
                .Of<Turnstone.Directory.ApiKeys>()
                .CreateAsync(
                    me,
                    $"robot {i:00}",
                    Turnstone.Model.Scopes.None,
                    null,
                    Turnstone.Model.Caller.Operator,
                    TestContext.Current.CancellationToken
                );
            await server.GivenApplicationAsync($"App {i:00}");
        }

        using var visitor = await Visitor.SignedInAsync(server);
        var page = $"/portal/admin/accounts/{me}";
        var (first, second) = (await visitor.PageAsync(page), await visitor.PageAsync($"{page}?keys=2&clients=2"));

        Assert.Equal(
            26,
            Names("robot")
                .Count(name =>
                    first.Contains(name, StringComparison.Ordinal) != second.Contains(name, StringComparison.Ordinal)
                )
        );
        Assert.Equal(
            26,
            Names("App")
                .Count(name =>
                    first.Contains(name, StringComparison.Ordinal) != second.Contains(name, StringComparison.Ordinal)
                )
        );
        Assert.Contains($"{page}?keys=2", first, StringComparison.Ordinal);
        Assert.Contains($"{page}?clients=2", first, StringComparison.Ordinal);

        static IEnumerable<string> Names(string kind) => Enumerable.Range(0, 26).Select(i => $">{kind} {i:00}<");
    }

    [Fact]
    public async Task An_account_is_searched_for_what_it_holds()
    {
        await using var server = await Administration.Administrators.StartAsync();
        var me = await server.IdAsync();
        for (var i = 0; i < 7; i++)
        {
            await server.Of<Holdings>().CreateAsync(me, $"robot {i}", Scopes.None, null, Caller.Operator, Cancel);
            await server.GivenApplicationAsync($"App {i}");
        }

        using var visitor = await Visitor.SignedInAsync(server);
        var page = $"/portal/admin/accounts/{me}";
        var (all, key, product) = (
            await visitor.PageAsync(page),
            await visitor.PageAsync($"{page}?find=ROBOT%203"),
            await visitor.PageAsync($"{page}?find=starter")
        );

        Assert.Contains("name=\"find\"", all, StringComparison.Ordinal);
        Assert.Contains(">robot 3<", key, StringComparison.Ordinal);
        Assert.DoesNotContain(">robot 4<", key, StringComparison.Ordinal);
        Assert.DoesNotContain(">App 3<", key, StringComparison.Ordinal);
        Assert.DoesNotContain(">starter<", key, StringComparison.Ordinal);
        Assert.Contains(">starter<", product, StringComparison.Ordinal);
        Assert.DoesNotContain(">robot 3<", product, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_session_of_a_client_is_found_by_its_account_and_ended_from_a_later_page()
    {
        await using var server = await Administration.Administrators.StartAsync();
        var app = (await server.GivenApplicationAsync("Busy")).Client;
        var graces = await server.GivenSessionAsync(Known.OtherEmail, app.Id, contract: "oauth2");
        var oldest = await server.GivenSessionAsync(client: app.Id, contract: "oauth2");
        for (var i = 0; i < 26; i++)
        {
            server.Time.Advance(TimeSpan.FromSeconds(1));
            await server.GivenSessionAsync(client: app.Id, contract: "oauth2");
        }

        using var visitor = await Visitor.SignedInAsync(server);
        var page = $"/portal/admin/clients/{app.Id}";
        var first = await visitor.PageAsync(page);
        var found = await visitor.PageAsync($"{page}?find={Known.OtherEmail}");
        var nobody = await visitor.PageAsync($"{page}?find=nobody@example.test");
        using var ended = await visitor.SendAsync(
            page,
            $"{page}?handler=EndSession",
            ("Target", $"{oldest.Id}"),
            ("Reason", Administration.Administrators.Reason)
        );

        Assert.Equal(25, Rows(first));
        Assert.DoesNotContain($"{graces.Id}", first, StringComparison.Ordinal);
        Assert.DoesNotContain($"{oldest.Id}", first, StringComparison.Ordinal);
        Assert.Equal(1, Rows(found));
        Assert.Contains($"{graces.Id}", found, StringComparison.Ordinal);
        Assert.Contains("Nothing matches.", nobody, StringComparison.Ordinal);
        Assert.False(await server.LivesAsync(oldest));
        Assert.True(await server.LivesAsync(graces));
    }

    [Fact]
    public async Task A_search_keeps_what_the_page_was_asked_for()
    {
        await using var server = await Administration.Administrators.StartAsync();
        var me = await server.IdAsync();
        for (var i = 0; i < 7; i++)
        {
            await server.Of<Holdings>().CreateAsync(me, $"robot {i}", Scopes.None, null, Caller.Operator, Cancel);
        }

        using var visitor = await Visitor.SignedInAsync(server);
        var health = await visitor.PageAsync("/portal/health?period=90d&find=robot%205");

        Assert.Contains("type=\"hidden\" name=\"period\" value=\"90d\"", health, StringComparison.Ordinal);
        Assert.Contains("“robot 5”", WebUtility.HtmlDecode(health), StringComparison.Ordinal);
        Assert.DoesNotContain("“robot 4”", WebUtility.HtmlDecode(health), StringComparison.Ordinal);
    }

    private static int Rows(string page) => page.Split("<th scope=\"row\"").Length - 1;
}
