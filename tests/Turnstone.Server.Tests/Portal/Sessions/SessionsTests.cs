using System.Net;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Revocation;
using Turnstone.Sessions;

namespace Turnstone.Server.Tests.Portal.Sessions;

public sealed class SessionsTests
{
    private const string Page = "/portal/sessions";

    [Fact]
    public async Task What_holds_a_token_is_shown_with_how_it_came_in_and_from_where()
    {
        await using var server = await PortalServer.StartAsync();
        var key = (
            await server.Of<IApiKeyStore>().ListAsync(await server.IdAsync(), TestContext.Current.CancellationToken)
        )[0];
        var shop = await server.GivenApplicationAsync();
        await server.GivenSessionAsync(
            generation: 3,
            agent: "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"
        );
        await server.GivenSessionAsync(apiKey: key.Id, contract: "session-v3");
        await server.GivenSessionAsync(client: shop.Client.Id, contract: "oauth2", grant: GrantKind.ClientCredentials);
        using var visitor = await Visitor.SignedInAsync(server);

        var page = WebUtility.HtmlDecode(await visitor.PageAsync(Page));

        Assert.Contains("Email and password", page, StringComparison.Ordinal);
        Assert.Contains("Firefox on Linux", page, StringComparison.Ordinal);
        Assert.Contains("Refreshed 3 times", page, StringComparison.Ordinal);
        Assert.Contains("API key “ci”", page, StringComparison.Ordinal);
        Assert.Contains("Session API (/v3)", page, StringComparison.Ordinal);
        Assert.Contains("“Web shop” for itself", page, StringComparison.Ordinal);
        Assert.Contains("203.0.113.7", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_session_that_is_ended_is_refused_at_once_and_the_page_says_so()
    {
        await using var server = await PortalServer.StartAsync();
        var (ended, other) = (await server.GivenSessionAsync(), await server.GivenSessionAsync());
        using var visitor = await Visitor.SignedInAsync(server);

        using var answer = await visitor.SendAsync(Page, $"{Page}?handler=End", ("id", ended.Id.ToString()));

        Assert.Equal(Page, answer.Headers.Location?.OriginalString);
        Assert.Contains("The session has ended.", await visitor.PageAsync(Page), StringComparison.Ordinal);
        Assert.True(server.Refuses(ended));
        Assert.False(await server.LivesAsync(ended));
        Assert.True(await server.LivesAsync(other));
    }

    [Fact]
    public async Task All_others_are_ended_and_one_is_kept()
    {
        await using var server = await PortalServer.StartAsync();
        var kept = await server.GivenSessionAsync();
        var shop = await server.GivenApplicationAsync();
        Session[] others =
        [
            await server.GivenSessionAsync(),
            await server.GivenSessionAsync(Known.OtherEmail, shop.Client.Id, contract: "oauth2"),
        ];
        var strangers = await server.GivenSessionAsync(Known.OtherEmail);
        using var visitor = await Visitor.SignedInAsync(server);

        using var answer = await visitor.SendAsync(Page, $"{Page}?handler=Others", ("id", kept.Id.ToString()));

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Contains("2 sessions have ended.", await visitor.PageAsync(Page), StringComparison.Ordinal);
        Assert.True(await server.LivesAsync(kept));
        Assert.All(others, other => Assert.True(server.Refuses(other)));
        Assert.True(await server.LivesAsync(strangers));
    }

    [Fact]
    public async Task All_are_ended_or_all_of_one_application()
    {
        await using var server = await PortalServer.StartAsync();
        var shop = await server.GivenApplicationAsync();
        var (mine, users) = (
            await server.GivenSessionAsync(),
            await server.GivenSessionAsync(Known.OtherEmail, shop.Client.Id, contract: "oauth2")
        );
        using var visitor = await Visitor.SignedInAsync(server);

        using var ofShop = await visitor.SendAsync(Page, $"{Page}?handler=All&of={shop.Client.Id}");
        Assert.Equal($"{Page}?of={shop.Client.Id}", ofShop.Headers.Location?.OriginalString);
        Assert.True(await server.LivesAsync(mine));
        Assert.False(await server.LivesAsync(users));

        using var all = await visitor.SendAsync(Page, $"{Page}?handler=All");
        Assert.False(await server.LivesAsync(mine));
    }

    [Fact]
    public async Task Of_more_than_a_hundred_no_exact_number_is_told()
    {
        await using var server = await PortalServer.StartAsync();
        for (var i = 0; i < 101; i++)
        {
            await server.GivenSessionAsync();
        }

        using var visitor = await Visitor.SignedInAsync(server);
        using var all = await visitor.SendAsync(Page, $"{Page}?handler=All");

        Assert.Contains("100 sessions or more have ended.", await visitor.PageAsync(Page), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_a_user_of_ones_application_nothing_is_told()
    {
        await using var server = await PortalServer.StartAsync();
        var shop = await server.GivenApplicationAsync();
        await server.GivenSessionAsync(Known.OtherEmail, shop.Client.Id, contract: "oauth2");
        using var visitor = await Visitor.SignedInAsync(server);

        var page = await visitor.PageAsync(Page);

        Assert.Contains("A user of your application", page, StringComparison.Ordinal);
        Assert.DoesNotContain("203.0.113.7", page, StringComparison.Ordinal);
        Assert.DoesNotContain("curl", page, StringComparison.Ordinal);
        Assert.DoesNotContain(Known.OtherEmail, page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_accounts_sessions_consents_and_applications_are_answered_like_none()
    {
        await using var server = await PortalServer.StartAsync();
        var others = await server.GivenSessionAsync(Known.OtherEmail);
        await server.GivenSessionAsync();
        var shop = await server.GivenApplicationAsync(email: Known.OtherEmail);
        await server.GivenConsentAsync(Known.ClientId, Known.OtherEmail, "openid");
        using var visitor = await Visitor.SignedInAsync(server);
        string[] ids =
        [
            others.Id.ToString(),
            SessionId.New(RandomSource.System, server.Time.Now).ToString(),
            "",
            "nothing",
            "%00",
            new('x', 5000),
        ];

        foreach (var id in ids)
        {
            foreach (var handler in (string[])["End", "Others"])
            {
                using var answer = await visitor.SendAsync(Page, $"{Page}?handler={handler}", ("id", id));
                Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
            }
        }

        foreach (var client in (string[])[Known.ClientId, shop.Client.Id, "nobody", "", "a\u0001b", new('x', 5000)])
        {
            using var withdrawn = await visitor.SendAsync(Page, $"{Page}?handler=Withdraw", ("clientId", client));
            Assert.Equal(HttpStatusCode.NotFound, withdrawn.StatusCode);
        }

        using var theirs = await visitor.GetAsync($"{Page}?of={shop.Client.Id}");
        using var all = await visitor.SendAsync(Page, $"{Page}?handler=All&of={shop.Client.Id}");
        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), (theirs.StatusCode, all.StatusCode));
        Assert.True(await server.LivesAsync(others));
        Assert.NotNull(
            await server
                .Of<IConsentStore>()
                .FindAsync(
                    await server.IdAsync(Known.OtherEmail),
                    Known.ClientId,
                    "oauth2",
                    TestContext.Current.CancellationToken
                )
        );
    }

    [Fact]
    public async Task A_long_list_has_pages_and_a_broken_mark_is_the_first()
    {
        await using var server = await PortalServer.StartAsync();
        for (var i = 0; i < 103; i++)
        {
            await server.GivenSessionAsync();
        }

        using var visitor = await Visitor.SignedInAsync(server);
        var first = await visitor.PageAsync(Page);
        var next = WebUtility.HtmlDecode(
            first[(first.IndexOf("after=", StringComparison.Ordinal) + 6)..].Split('"')[0]
        );

        Assert.Equal(100, Rows(first));
        Assert.Equal(3, Rows(await visitor.PageAsync($"{Page}?after={next}")));
        foreach (
            var broken in (string[])
                [
                    "x",
                    ".",
                    "1.2",
                    "99999999999999999999.x",
                    $"-5.{next.Split('.')[1]}",
                    "9223372036854775807.AAAAAAAAAAAAAAAAAAAAAA",
                ]
        )
        {
            Assert.Equal(100, Rows(await visitor.PageAsync($"{Page}?after={broken}")));
        }
    }

    [Fact]
    public async Task A_consent_is_shown_in_words_and_what_is_withdrawn_is_refused_at_once()
    {
        await using var server = await PortalServer.StartAsync();
        var shop = await server.GivenApplicationAsync("Depot <script>alert(1)</script>\"'", Known.OtherEmail);
        await server.GivenConsentAsync(shop.Client.Id, Known.Email, "email", "individuals.read");
        var held = await server.GivenSessionAsync(client: shop.Client.Id, contract: "oauth2");
        using var visitor = await Visitor.SignedInAsync(server);

        var page = await visitor.PageAsync(Page);
        Assert.Contains("See your email address", page, StringComparison.Ordinal);
        Assert.Contains(Known.OtherEmail, page, StringComparison.Ordinal);
        Assert.Contains("Depot &lt;script&gt;alert(1)&lt;/script&gt;&quot;&#x27;", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>alert", page, StringComparison.Ordinal);

        using var answer = await visitor.SendAsync(Page, $"{Page}?handler=Withdraw", ("clientId", shop.Client.Id));

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.True(server.Refuses(held));
        Assert.Contains(
            "No application has access to your account.",
            await visitor.PageAsync(Page),
            StringComparison.Ordinal
        );
    }

    private static int Rows(string page) => page.Split("handler=End\"").Length - 1;
}
