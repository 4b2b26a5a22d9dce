using System.Net;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Server.Mail;
using Turnstone.Server.Tests.Portal.SignIn;

namespace Turnstone.Server.Tests.Portal.Administration;

/// <summary>An administrator invites somebody, and ends one session of a customer.</summary>
public sealed class InvitationTests
{
    private const string Accounts = "/portal/admin/accounts";
    private const string Invitee = "mary@example.test";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_invited_person_sets_a_password_with_the_link_within_two_days_and_is_in()
    {
        await using var server = await Administrators.StartAsync();
        using var ada = await Visitor.SignedInAsync(server);

        using var invited = await InviteAsync(ada, Invitee);

        Assert.Equal(await server.PageOfAsync(Invitee), invited.Headers.Location?.OriginalString);
        await server.AssertRecordedAsync(AuditEvent.AccountCreated);
        var letter = Assert.Single(server.LettersTo(Invitee));
        Assert.Equal("You are invited to Turnstone · Du bist zu Turnstone eingeladen", letter.Subject);
        using var mary = new Visitor(server);
        using (var early = await mary.SignInAsync(Invitee, Steps.NewPassword))
        {
            Assert.False(await mary.IsInAsync());
        }

        server.Time.Advance(TimeSpan.FromDays(2) - TimeSpan.FromMinutes(1));
        var link = letter.Text.Split('\n').First(line => line.Contains("reset-password?", StringComparison.Ordinal));
        var path = new Uri(link).PathAndQuery;
        using (var set = await mary.SendAsync(path, null, ("Password", Steps.NewPassword)))
        {
            Assert.Equal(HttpStatusCode.Redirect, set.StatusCode);
        }

        using var entered = await mary.SignInAsync(Invitee, Steps.NewPassword);
        Assert.True(await mary.IsInAsync());
        using var thief = new Visitor(server);
        using var again = await thief.SendAsync(path, null, ("Password", $"{Steps.NewPassword}!"));
        Assert.Contains("is no longer valid", await again.TextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_invitation_needs_an_address_without_an_account_a_reason_and_two_days_at_most()
    {
        await using var server = await Administrators.StartAsync();
        using var ada = await Visitor.SignedInAsync(server);
        foreach (
            var (email, reason, says) in new[]
            {
                ("nobody", Administrators.Reason, "Enter one email address"),
                (Known.OtherEmail, Administrators.Reason, "There is an account with this address already."),
                (Invitee, "", "Enter a reason. It is recorded"),
            }
        )
        {
            using var refused = await InviteAsync(ada, email, reason);
            Assert.Contains(says, await refused.TextAsync(), StringComparison.Ordinal);
        }

        Assert.Empty(server.LettersTo(Invitee));
        using (await InviteAsync(ada, Invitee)) { }
        var link = server
            .LettersTo(Invitee)[0]
            .Text.Split('\n')
            .First(line => line.Contains("reset-password?", StringComparison.Ordinal));
        server.Time.Advance(TimeSpan.FromDays(2));
        using var mary = new Visitor(server);
        using var late = await mary.SendAsync(new Uri(link).PathAndQuery, null, ("Password", Steps.NewPassword));
        Assert.Contains("is no longer valid", await late.TextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_session_is_ended_and_the_others_live_on()
    {
        await using var server = await Administrators.StartAsync();
        using var ada = await Visitor.SignedInAsync(server);
        var ended = await server.GivenSessionAsync(Known.OtherEmail, client: "shop");
        var kept = await server.GivenSessionAsync(Known.OtherEmail);
        var own = await server.GivenSessionAsync();
        var page = await server.PageOfAsync(Known.OtherEmail);
        var shown = await ada.PageAsync(page);
        Assert.Contains("/portal/admin/clients/shop", shown, StringComparison.Ordinal);

        using (await EndAsync(ada, page, ended.Id, "")) { }
        Assert.True(await server.LivesAsync(ended));
        using (await EndAsync(ada, page, ended.Id, Administrators.Reason)) { }
        Assert.False(await server.LivesAsync(ended));
        Assert.True(server.Refuses(ended));
        Assert.True(await server.LivesAsync(kept));
        await server.AssertRecordedAsync(AuditEvent.SessionRevoked);
        Assert.Contains("The session was ended.", await ada.PageAsync(page), StringComparison.Ordinal);

        // A session of another account is none of this page's, nor is another client's of a client's page.
        using (await EndAsync(ada, page, own.Id, Administrators.Reason)) { }
        Assert.True(await server.LivesAsync(own));
        using (await EndAsync(ada, "/portal/admin/clients/shop", kept.Id, Administrators.Reason)) { }
        Assert.True(await server.LivesAsync(kept));
        Assert.Contains("had already ended", await ada.PageAsync(page), StringComparison.Ordinal);
        using var nonsense = await ada.SendAsync(page, $"{page}?handler=EndSession", ("Target", "x"), ("Reason", "r"));
        Assert.Equal(HttpStatusCode.NotFound, nonsense.StatusCode);
    }

    [Fact]
    public async Task A_clients_page_says_how_it_proves_itself_and_in_words()
    {
        await using var server = await Administrators.StartAsync();
        using var ada = await Visitor.SignedInAsync(server);

        var shop = WebUtility.HtmlDecode(await ada.PageAsync("/portal/admin/clients/shop"));
        Assert.Contains("Its secret in the Authorization header <code>client_secret_basic</code>", shop);
        Assert.Contains("Its secret in the form <code>client_secret_post</code>", shop, StringComparison.Ordinal);
        Assert.DoesNotContain("private_key_jwt", shop, StringComparison.Ordinal);
        Assert.Contains("A user signs in and gives it access", shop, StringComparison.Ordinal);
        var app = WebUtility.HtmlDecode(await ada.PageAsync("/portal/admin/clients/app"));
        Assert.Contains("Not at all: PKCE protects its codes <code>none</code>", app, StringComparison.Ordinal);
    }

    private static Task<HttpResponseMessage> InviteAsync(
        Visitor ada,
        string email,
        string reason = Administrators.Reason
    ) => ada.SendAsync(Accounts, null, ("Invitee", email), ("Reason", reason));

    private static Task<HttpResponseMessage> EndAsync(Visitor ada, string page, SessionId session, string reason) =>
        ada.SendAsync(page, $"{page}?handler=EndSession", ("Target", $"{session}"), ("Reason", reason));
}
