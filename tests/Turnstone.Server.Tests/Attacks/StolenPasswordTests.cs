using System.Net;
using Microsoft.IdentityModel.JsonWebTokens;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Server.Tests.Accounts;
using Turnstone.Server.Tests.Contracts;
using Turnstone.Server.Tests.Portal;
using Turnstone.Server.Tests.Portal.Authorize;
using Turnstone.Server.Tests.Portal.SignIn;

namespace Turnstone.Server.Tests.Attacks;

/// <summary>
/// A thief of a password turns a second factor on and has proven nothing by it (ADR 42). An honest customer of the
/// first minute has: he comes from his mailbox.
/// </summary>
public sealed class StolenPasswordTests
{
    private const string SecondFactor = "/portal/profile/security/second-factor";
    private const string Passkeys = "/portal/profile/security/passkeys";
    private const string StepUp = "/portal/sign-in/step-up";
    private const string ByPassword = "urn:turnstone:acr:password";
    private const string Unmet = "unmet_authentication_requirements";

    private static readonly string Demanding = AuthorizeUrl.OAuth2(
        ("scope", "openid"),
        ("acr_values", "urn:turnstone:acr:two-factors")
    );

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_factor_of_a_password_alone_reaches_no_level_not_even_by_signing_in_with_it()
    {
        await using var server = await PortalServer.StartAsync();
        using var thief = await Visitor.SignedInAsync(server);
        var (key, codes) = await thief.EnableSecondStepAsync(server, confirm: false);

        using var atOnce = await thief.GetAsync(Demanding);
        Assert.Equal(Unmet, atOnce.Answer()["error"]);

        foreach (var (field, handler) in new[] { ("Code", ""), ("RecoveryCode", "?handler=Recovery") })
        {
            using var again = new Visitor(server);
            using (await again.SignInAsync()) { }
            server.Time.Advance(TimeSpan.FromMinutes(1));
            var typed = field is "Code" ? Authenticator.Code(key, server.Time.Now) : codes[0];
            const string Page = "/portal/sign-in/second-factor";
            using (await again.SendAsync(Page, Page + handler, (field, typed))) { }
            Assert.True(await again.IsInAsync());
            using var later = await again.GetAsync(Demanding);
            Assert.Equal(Unmet, later.Answer()["error"]);

            var id = await IdTokenAsync(server, again);
            Assert.Equal(ByPassword, id.GetClaim("acr").Value);
            Assert.DoesNotContain("mfa", id.GetPayloadValue<string[]>("amr"));
        }
    }

    [Fact]
    public async Task It_counts_once_the_owner_has_followed_the_link_and_the_link_alone_is_not_enough()
    {
        await using var server = await PortalServer.StartAsync();
        using var owner = await Visitor.SignedInAsync(server);
        var (key, _) = await owner.EnableSecondStepAsync(server, confirm: false);
        var letter = Assert.Single(server.LettersTo(Known.Email));

        using var reader = new Visitor(server);
        using (await reader.FollowAsync(letter)) { }
        using (await reader.FollowAsync(letter, ("Password", "not this password"))) { }
        Assert.NotNull((await Known.AccountAsync(server.Services))!.SecondFactorWaitsSince);

        using (await owner.FollowAsync(letter)) { }
        Assert.Null((await Known.AccountAsync(server.Services))!.SecondFactorWaitsSince);
        server.Time.Advance(TimeSpan.FromMinutes(1));
        using var raised = await owner.GetAsync(Demanding);
        var page = raised.Headers.Location!.OriginalString;
        Assert.StartsWith(StepUp, page, StringComparison.Ordinal);
        var code = Authenticator.Code(key, server.Time.Now);
        using var right = await owner.SendAsync(page, null, ("Code", code));
        var id = await IdTokenAsync(server, owner);
        Assert.Equal("urn:turnstone:acr:two-factors", id.GetClaim("acr").Value);
        Assert.Contains(
            await server.AuditAsync(),
            entry => entry is { Event.Known: AuditEvent.AccountChanged, Detail: "second factor confirmed" }
        );
    }

    [Fact]
    public async Task Whoever_reads_the_mailbox_takes_it_away_without_the_password()
    {
        await using var server = await PortalServer.StartAsync();
        using var thief = await Visitor.SignedInAsync(server);
        await thief.EnableSecondStepAsync(server, confirm: false);
        var letter = Assert.Single(server.LettersTo(Known.Email));

        using var owner = new Visitor(server);
        using var removed = await owner.SendAsync(letter.Link(), $"{letter.Link()}&handler=Remove");

        Assert.Equal("/portal/forgot-password", removed.Headers.Location!.OriginalString);
        Assert.False((await Known.AccountAsync(server.Services))!.TwoFactorEnabled);
        Assert.False(await thief.IsInAsync());
        Assert.Contains("too old", await owner.PageAsync(letter.Link()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_new_password_takes_away_what_waits_and_leaves_what_counts()
    {
        await using var server = await PortalServer.StartAsync();
        var accounts = server.Of<IAccountStore>();
        var id = await server.IdAsync();
        await GivenPasskeyAsync(server, [1], waits: true);
        await GivenPasskeyAsync(server, [2], waits: false);
        using var thief = await Visitor.SignedInAsync(server, Known.OtherEmail);
        await thief.EnableSecondStepAsync(server, confirm: false);
        foreach (var email in new[] { Known.Email, Known.OtherEmail })
        {
            using var owner = new Visitor(server);
            using (await owner.SendAsync("/portal/forgot-password", null, ("Email", email))) { }
            using var set = await owner.FollowAsync(
                server.LettersTo(email)[0],
                ("Password", Steps.NewPassword)
            );
            Assert.Equal("/portal/sign-in", set.Headers.Location!.OriginalString);
        }

        Assert.Equal([2], Assert.Single(await accounts.PasskeysAsync(id, Cancel)).CredentialId);
        Assert.False((await Known.AccountAsync(server.Services, Known.OtherEmail))!.TwoFactorEnabled);
    }

    [Fact]
    public async Task A_mailbox_that_a_password_has_named_is_not_believed_for_a_week()
    {
        await using var server = await PortalServer.StartAsync();
        using var thief = await Visitor.SignedInAsync(server);
        using (
            await thief.SendAsync(
                "/portal/profile/security/email",
                null,
                ("NewEmail", Steps.NewEmail),
                ("CurrentPassword", Known.Password)
            )
        ) { }
        using (await thief.FollowAsync(server.LettersTo(Steps.NewEmail)[0])) { }
        await thief.EnableSecondStepAsync(server, confirm: false);

        using (await thief.FollowAsync(server.LettersTo(Steps.NewEmail)[0])) { }
        using var early = await thief.GetAsync(Demanding);
        Assert.Equal(Unmet, early.Answer()["error"]);
        server.Time.Advance(TimeSpan.FromDays(7));
        using (await thief.SendAsync(SecondFactor, $"{SecondFactor}?handler=Link")) { }
        using (await thief.FollowAsync(server.LettersTo(Steps.NewEmail)[0])) { }

        Assert.Null((await Known.AccountAsync(server.Services, Steps.NewEmail))!.SecondFactorWaitsSince);
    }

    [Fact]
    public async Task Beside_a_factor_that_counts_a_password_adds_none_and_moves_no_mailbox()
    {
        await using var server = await PortalServer.StartAsync();
        await GivenPasskeyAsync(server, [1], waits: false);
        using var thief = await Visitor.SignedInAsync(server);

        using var app = await Post("second-factor?handler=Begin");
        using var email = await Post("email", ("NewEmail", Steps.NewEmail));
        using var passkey = await Post("passkeys?handler=Options", ("Name", "mine"));

        Assert.StartsWith(StepUp, app.Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.StartsWith(StepUp, email.Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.Contains("Prove it first", await passkey.TextAsync(), StringComparison.Ordinal);
        Assert.Contains("Prove it first", await thief.PageAsync(Passkeys), StringComparison.Ordinal);
        Assert.Empty(server.LettersTo(Steps.NewEmail));

        Task<HttpResponseMessage> Post(string page, params (string Name, string Value)[] fields) =>
            thief.SendAsync(
                "/portal/profile/security/password",
                $"/portal/profile/security/{page}",
                [("CurrentPassword", Known.Password), .. fields]
            );
    }

    [Fact]
    public async Task A_factor_is_proven_for_twenty_minutes_and_a_code_adds_no_passkey_that_counts_more()
    {
        await using var server = await PortalServer.StartAsync();
        using var owner = await Visitor.SignedInAsync(server);
        var (key, _) = await owner.EnableSecondStepAsync(server);
        Assert.Contains("Prove it first", await owner.PageAsync(Passkeys), StringComparison.Ordinal);

        var page = $"{StepUp}?ReturnUrl={Uri.EscapeDataString(Passkeys)}";
        server.Time.Advance(TimeSpan.FromMinutes(1));
        using var proven = await owner.SendAsync(page, null, ("Code", Authenticator.Code(key, server.Time.Now)));
        Assert.Equal(Passkeys, proven.Headers.Location!.OriginalString);
        Assert.DoesNotContain("Prove it first", await owner.PageAsync(Passkeys), StringComparison.Ordinal);

        server.Time.Advance(TimeSpan.FromMinutes(20));
        Assert.Contains("Prove it first", await owner.PageAsync(Passkeys), StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_the_first_minute_it_counts_at_once_because_the_browser_comes_from_the_mailbox()
    {
        await using var server = await PortalServer.StartAsync();
        using var mary = new Visitor(server);
        using (await mary.SignUpAsync()) { }
        using (await mary.FollowAsync(server.LettersTo(Steps.NewEmail)[0])) { }

        await mary.EnableSecondStepAsync(server, Steps.NewPassword, confirm: false);

        Assert.Null((await Known.AccountAsync(server.Services, Steps.NewEmail))!.SecondFactorWaitsSince);
        using var raised = await mary.GetAsync(Demanding);
        Assert.StartsWith(StepUp, raised.Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.DoesNotContain(
            server.LettersTo(Steps.NewEmail),
            letter => letter.Text.Contains("confirm-factor", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Where_no_mailbox_can_be_asked_it_counts_after_a_week()
    {
        await using var server = await PortalServer.StartAsync();
        var account = (await Known.AccountAsync(server.Services))!;
        (account.Email, account.NormalizedEmail) = ("a<b@example.test", "A<B@EXAMPLE.TEST");
        Assert.True((await server.Of<IAccountStore>().SaveAsync(account, "moved", null, Cancel)).IsCommitted);
        using var owner = await Visitor.SignedInAsync(server, "a<b@example.test");
        await owner.EnableSecondStepAsync(server, confirm: false);

        using var early = await owner.GetAsync(Demanding);
        Assert.Equal(Unmet, early.Answer()["error"]);
        server.Time.Advance(TimeSpan.FromDays(7));
        using var later = await owner.GetAsync(Demanding);

        Assert.StartsWith(StepUp, later.Headers.Location!.OriginalString, StringComparison.Ordinal);
    }

    private static async Task GivenPasskeyAsync(TurnstoneServer server, byte[] id, bool waits)
    {
        const string Data =
            """{"Name":"x","PublicKey":"AQ==","SignCount":0,"AttestationObject":"AQ==","ClientDataJson":"AQ=="}""";
        var passkey = new Passkey(id, await server.IdAsync(), Data, server.Time.Now)
        {
            WaitsSince = waits ? server.Time.Now : null,
        };
        await server.Of<IAccountStore>().SavePasskeyAsync(passkey, Cancel);
    }

    private static async Task<JsonWebToken> IdTokenAsync(TurnstoneServer server, Visitor visitor)
    {
        var code = await visitor.CodeAsync(AuthorizeUrl.OAuth2(("scope", "openid"), ("prompt", "consent")));
        using var answer = await server.FormAsync(
            "/oauth2/token",
            $"grant_type=authorization_code&code={code}&code_verifier={AuthorizeUrl.Verifier}"
                + $"&redirect_uri={Uri.EscapeDataString(Known.RedirectUri)}",
            Wire.Basic(Known.ClientId, Known.ClientSecret)
        );
        return new((string)(await answer.BodyAsync())["id_token"]!);
    }
}
