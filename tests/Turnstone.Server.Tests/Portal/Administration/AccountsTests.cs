using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Turnstone.Directory;
using Turnstone.Model;

namespace Turnstone.Server.Tests.Portal.Administration;

public sealed class AccountsTests
{
    [Fact]
    public async Task Accounts_are_found_by_a_part_of_their_email()
    {
        await using var server = await Administrators.StartAsync();
        using var ada = await Visitor.SignedInAsync(server);

        // Without the places where an address may go on in the next line.
        var page = (await ada.PageAsync("/portal/admin/accounts?Email=GRACE")).Replace(
            "<wbr>",
            "",
            StringComparison.Ordinal
        );
        Assert.Contains(Known.OtherEmail, page, StringComparison.Ordinal);
        Assert.DoesNotContain($">{Known.Email}</a>", page, StringComparison.Ordinal);
        Assert.Contains(
            "No email address contains this",
            await ada.PageAsync("/portal/admin/accounts?Email=nobody"),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "at most 254",
            await ada.PageAsync("/portal/admin/accounts?Email=a%00b"),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "at most 254",
            await ada.PageAsync($"/portal/admin/accounts?Email={new string('a', 255)}"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_disabled_account_is_shut_out_at_once_and_comes_back_when_it_is_enabled()
    {
        await using var server = await Administrators.StartAsync();
        using var grace = await Visitor.SignedInAsync(server, Known.OtherEmail);
        using var ada = await Visitor.SignedInAsync(server);
        var page = await server.PageOfAsync(Known.OtherEmail);

        using var disabled = await ada.SendAsync(page, $"{page}?handler=Disable", ("Reason", Administrators.Reason));

        Assert.Equal(page, disabled.Headers.Location?.OriginalString);
        await server.AssertRecordedAsync(AuditEvent.AccountChanged);
        Assert.NotNull((await server.AccountAsync(Known.OtherEmail)).DisabledAt);
        using var shut = await grace.GetAsync("/portal");
        Assert.Equal(HttpStatusCode.Redirect, shut.StatusCode);

        using var enabled = await ada.SendAsync(page, $"{page}?handler=Enable", ("Reason", "mistake"));
        Assert.Null((await server.AccountAsync(Known.OtherEmail)).DisabledAt);
        await server.AssertRecordedAsync(AuditEvent.AccountChanged, "mistake");
        using var stillOut = await grace.GetAsync("/portal");
        Assert.Equal(HttpStatusCode.Redirect, stillOut.StatusCode);
        using var back = await Visitor.SignedInAsync(server, Known.OtherEmail);
    }

    [Theory]
    [InlineData("", "Enter a reason. It is recorded")]
    [InlineData("   ", "Enter a reason. It is recorded")]
    [InlineData("two\nlines", "at most 500 characters")]
    [InlineData("a\u0001b", "at most 500 characters")]
    public async Task Without_a_reason_that_will_do_nothing_is_done_and_what_was_typed_stays(
        string reason,
        string sentence
    )
    {
        await using var server = await Administrators.StartAsync();
        using var ada = await Visitor.SignedInAsync(server);
        var page = await server.PageOfAsync(Known.OtherEmail);

        using var refused = await ada.SendAsync(page, $"{page}?handler=Disable", ("Reason", reason));
        using var missing = await ada.SendAsync(page, $"{page}?handler=EndSessions");
        using var endless = await ada.SendAsync(page, $"{page}?handler=Disable", ("Reason", new string('x', 501)));

        Assert.Equal(HttpStatusCode.OK, refused.StatusCode);
        Assert.Contains(sentence, await refused.TextAsync(), StringComparison.Ordinal);
        Assert.Contains("Enter a reason. It is recorded", await missing.TextAsync(), StringComparison.Ordinal);
        Assert.Contains(new string('x', 501), await endless.TextAsync(), StringComparison.Ordinal);
        Assert.Null((await server.AccountAsync(Known.OtherEmail)).DisabledAt);
        Assert.Empty(await server.EntriesAsync(AuditEvent.AccountChanged));
    }

    [Fact]
    public async Task All_sessions_end_and_the_portal_cookie_with_them()
    {
        await using var server = await Administrators.StartAsync();
        var login = await server.Http.PostAsync(
            new Uri("/oauth2/token", UriKind.Relative),
            new FormUrlEncodedContent([
                KeyValuePair.Create("grant_type", "authorization_code"),
                KeyValuePair.Create("code", await CodeAsync(server)),
                KeyValuePair.Create("client_id", Known.ClientId),
                KeyValuePair.Create("client_secret", Known.ClientSecret),
                KeyValuePair.Create("redirect_uri", Known.RedirectUri),
            ]),
            TestContext.Current.CancellationToken
        );
        Assert.Equal(HttpStatusCode.OK, login.StatusCode);
        using var grace = await Visitor.SignedInAsync(server, Known.OtherEmail);
        using var ada = await Visitor.SignedInAsync(server);
        var page = await server.PageOfAsync(Known.OtherEmail);
        Assert.Contains("<span class=\"quiet\">/oauth2</span>", await ada.PageAsync(page), StringComparison.Ordinal);

        using var ended = await ada.SendAsync(page, $"{page}?handler=EndSessions", ("Reason", Administrators.Reason));

        Assert.Contains("1 session was ended", await ada.PageAsync(page), StringComparison.Ordinal);
        await server.AssertRecordedAsync(AuditEvent.SessionsRevoked);
        using var shut = await grace.GetAsync("/portal");
        Assert.Equal(HttpStatusCode.Redirect, shut.StatusCode);
    }

    [Fact]
    public async Task An_administrator_is_made_with_the_password_and_unmade_and_nobody_unmakes_or_disables_himself()
    {
        await using var server = await Administrators.StartAsync();
        using var ada = await Visitor.SignedInAsync(server);
        var (grace, self) = (await server.PageOfAsync(Known.OtherEmail), await server.PageOfAsync(Known.Email));

        using var unproven = await ada.SendAsync(
            grace,
            $"{grace}?handler=MakeAdministrator",
            ("Reason", Administrators.Reason),
            ("Password", "wrong")
        );
        Assert.Contains("This is not your password", await unproven.TextAsync(), StringComparison.Ordinal);
        Assert.False((await server.AccountAsync(Known.OtherEmail)).Administrator);

        using var made = await ada.SendAsync(
            grace,
            $"{grace}?handler=MakeAdministrator",
            ("Reason", Administrators.Reason),
            ("Password", Known.Password)
        );
        Assert.True((await server.AccountAsync(Known.OtherEmail)).Administrator);
        await server.AssertRecordedAsync(AuditEvent.AccountChanged);

        using var unmade = await ada.SendAsync(
            grace,
            $"{grace}?handler=UnmakeAdministrator",
            ("Reason", Administrators.Reason)
        );
        Assert.False((await server.AccountAsync(Known.OtherEmail)).Administrator);

        foreach (var act in new[] { "UnmakeAdministrator", "Disable", "ResetSecondFactor" })
        {
            using var refused = await ada.SendAsync(
                self,
                $"{self}?handler={act}",
                ("Reason", Administrators.Reason),
                ("Password", Known.Password)
            );
            Assert.Equal(HttpStatusCode.OK, refused.StatusCode);
        }

        Assert.True(await server.AccountAsync(Known.Email) is { Administrator: true, DisabledAt: null });
    }

    [Fact]
    public async Task A_second_factor_is_taken_off_with_the_password_and_its_codes_with_it()
    {
        await using var server = await Administrators.StartAsync();
        await server.ChangeAsync(
            Known.OtherEmail,
            account =>
                (account.TwoFactorEnabled, account.AuthenticatorKey, account.RecoveryCodes) = (
                    true,
                    [1, 2, 3],
                    [
                        [4],
                    ]
                )
        );
        using var ada = await Visitor.SignedInAsync(server);
        var page = await server.PageOfAsync(Known.OtherEmail);

        using var done = await ada.SendAsync(
            page,
            $"{page}?handler=ResetSecondFactor",
            ("Reason", Administrators.Reason),
            ("Password", Known.Password)
        );

        Assert.True(
            await server.AccountAsync(Known.OtherEmail)
                is { TwoFactorEnabled: false, AuthenticatorKey: null, RecoveryCodes.Count: 0 }
        );
        await server.AssertRecordedAsync(AuditEvent.AccountChanged);
    }

    [Fact]
    public async Task A_subscription_is_suspended_and_resumed_on_its_own_accounts_page_and_on_no_other()
    {
        await using var server = await Administrators.StartAsync();
        using var ada = await Visitor.SignedInAsync(server);
        var (page, other) = (await server.PageOfAsync(Known.OtherEmail), await server.PageOfAsync(Known.Email));
        var id = (
            await server
                .Services.GetRequiredService<ISubscriptionStore>()
                .ListAsync((await server.AccountAsync(Known.OtherEmail)).Id, TestContext.Current.CancellationToken)
        )[0].Id;

        using var elsewhere = await ada.SendAsync(
            other,
            $"{other}?handler=Suspend",
            ("Target", $"{id}"),
            ("Reason", Administrators.Reason)
        );
        Assert.Equal(HttpStatusCode.NotFound, elsewhere.StatusCode);
        foreach (var broken in new[] { "", "x", $"{Guid.Empty}" })
        {
            using var unknown = await ada.SendAsync(
                page,
                $"{page}?handler=Suspend",
                ("Target", broken),
                ("Reason", Administrators.Reason)
            );
            Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        }

        Assert.Equal(SubscriptionState.Active, (await server.SubscriptionAsync(id))!.State);

        using var suspended = await ada.SendAsync(
            page,
            $"{page}?handler=Suspend",
            ("Target", $"{id}"),
            ("Reason", Administrators.Reason)
        );
        Assert.Equal(SubscriptionState.Suspended, (await server.SubscriptionAsync(id))!.State);
        await server.AssertRecordedAsync(AuditEvent.SubscriptionChanged);
        using var twice = await ada.SendAsync(
            page,
            $"{page}?handler=Suspend",
            ("Target", $"{id}"),
            ("Reason", Administrators.Reason)
        );
        Assert.Equal(HttpStatusCode.OK, twice.StatusCode);

        using var resumed = await ada.SendAsync(
            page,
            $"{page}?handler=Resume",
            ("Target", $"{id}"),
            ("Reason", Administrators.Reason)
        );
        Assert.Equal(SubscriptionState.Active, (await server.SubscriptionAsync(id))!.State);
    }

    private static async Task<string> CodeAsync(TurnstoneServer server) =>
        await server
            .Services.GetRequiredService<OneTimeCodes>()
            .MintAsync(
                new CodeOrder
                {
                    Contract = "oauth2",
                    Account = await server.AccountAsync(Known.OtherEmail),
                    ClientId = Known.ClientId,
                    RedirectUri = Known.RedirectUri,
                    Scopes = Scopes.Of(["openid", "offline_access"]),
                },
                TimeSpan.FromSeconds(60),
                new Caller("127.0.0.1"),
                TestContext.Current.CancellationToken
            );
}
