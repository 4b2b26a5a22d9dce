using System.Net;
using Turnstone.Model;
using Turnstone.Server.Tests.Accounts;
using Turnstone.Server.Tests.Portal.SignIn;

namespace Turnstone.Server.Tests.Portal.Profile;

public sealed class SecurityTests
{
    private const string Security = "/portal/profile/security";
    private const string SecondFactor = $"{Security}/second-factor";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_new_password_ends_everything_but_this_browser()
    {
        await using var server = await PortalServer.StartAsync();
        using var here = await Visitor.SignedInAsync(server);
        using var elsewhere = await Visitor.SignedInAsync(server);
        var refresh = await (await server.Http.LoginV2Async()).RefreshOfSetAsync();

        using var answer = await here.SendAsync(
            $"{Security}/password",
            null,
            ("CurrentPassword", Known.Password),
            ("NewPassword", Steps.NewPassword)
        );

        Assert.Equal(Security, answer.Headers.Location?.OriginalString);
        Assert.True(await here.IsInAsync());
        Assert.False(await elsewhere.IsInAsync());
        using var refreshed = await server.Http.RefreshV2Async(refresh);
        Assert.NotEqual(HttpStatusCode.Created, refreshed.StatusCode);
        Assert.Contains(
            "Your password was changed",
            Assert.Single(server.LettersTo(Known.Email)).Text,
            StringComparison.Ordinal
        );
        Assert.Contains(await server.AuditAsync(), entry => entry.Event is AuditEvent.PasswordChanged);
    }

    [Fact]
    public async Task A_password_is_changed_with_the_old_one_to_a_good_one_alone()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        foreach (
            var (old, chosen, sentence) in new[]
            {
                ("not this password", Steps.NewPassword, "The password is wrong."),
                ("", Steps.NewPassword, "The password is wrong."),
                (Known.Password, "password1234", "guessed first"),
                (Known.Password, "ada@example.test", "email address cannot be"),
                (Known.Password, "", "at least 12"),
            }
        )
        {
            using var answer = await visitor.SendAsync(
                $"{Security}/password",
                null,
                ("CurrentPassword", old),
                ("NewPassword", chosen)
            );
            Assert.Contains(sentence, await answer.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        }

        Assert.Empty(server.LettersTo(Known.Email));
        using var unchanged = await new Visitor(server).SignInAsync();
        Assert.Equal("/portal", unchanged.Headers.Location?.OriginalString);
    }

    [Fact]
    public async Task Another_email_is_confirmed_there_and_told_here()
    {
        await using var server = await PortalServer.StartAsync();
        using var here = await Visitor.SignedInAsync(server);
        using var elsewhere = await Visitor.SignedInAsync(server);

        using var wrong = await here.SendAsync(
            $"{Security}/email",
            null,
            ("NewEmail", Steps.NewEmail),
            ("CurrentPassword", "not this password")
        );
        Assert.Empty(server.LettersTo(Steps.NewEmail));
        using var asked = await here.SendAsync(
            $"{Security}/email",
            null,
            ("NewEmail", Steps.NewEmail),
            ("CurrentPassword", Known.Password)
        );
        Assert.Contains(Steps.NewEmail, Assert.Single(server.LettersTo(Known.Email)).Text, StringComparison.Ordinal);
        var letter = Assert.Single(server.LettersTo(Steps.NewEmail));
        await here.PageAsync(letter.Link());
        Assert.NotNull(await Known.AccountAsync(server.Services));
        using var confirmed = await here.FollowAsync(letter);
        using var again = await here.FollowAsync(letter);

        Assert.Equal("/portal/profile", confirmed.Headers.Location?.OriginalString);
        Assert.Contains("is no longer valid", await again.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        Assert.Null(await Known.AccountAsync(server.Services));
        Assert.True(await here.IsInAsync());
        Assert.False(await elsewhere.IsInAsync());
        Assert.Equal(2, server.LettersTo(Known.Email).Count);
        using var entered = await new Visitor(server).SignInAsync(Steps.NewEmail);
        Assert.Equal("/portal", entered.Headers.Location?.OriginalString);
    }

    [Fact]
    public async Task The_email_of_another_account_is_answered_alike_and_taken_never()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);

        using var answer = await visitor.SendAsync(
            $"{Security}/email",
            null,
            ("NewEmail", Known.OtherEmail),
            ("CurrentPassword", Known.Password)
        );

        Assert.Equal(Security, answer.Headers.Location?.OriginalString);
        Assert.Equal("You already have an account", Assert.Single(server.LettersTo(Known.OtherEmail)).Subject);
    }

    [Fact]
    public async Task An_email_that_is_none_or_the_same_is_refused()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        foreach (var email in new[] { "", "ada", "ADA@example.test", "x@example.test\nBcc: y@example.test" })
        {
            using var answer = await visitor.SendAsync(
                $"{Security}/email",
                null,
                ("NewEmail", email),
                ("CurrentPassword", Known.Password)
            );

            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Contains(
                "that you do not use here yet",
                await answer.Content.ReadAsStringAsync(Cancel),
                StringComparison.Ordinal
            );
        }
    }

    [Fact]
    public async Task The_second_step_is_turned_on_with_a_right_code_and_off_with_the_password()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        using var elsewhere = await Visitor.SignedInAsync(server);

        using var wrong = await visitor.SendAsync(
            SecondFactor,
            $"{SecondFactor}?handler=Begin",
            ("CurrentPassword", "not this password")
        );
        Assert.DoesNotContain(
            "data:image/png",
            await wrong.Content.ReadAsStringAsync(Cancel),
            StringComparison.Ordinal
        );
        var (_, codes) = await visitor.EnableSecondStepAsync(server);
        Assert.True(await visitor.IsInAsync());
        Assert.False(await elsewhere.IsInAsync());
        Assert.DoesNotContain(codes[0], await visitor.PageAsync(SecondFactor), StringComparison.Ordinal);

        using var made = await visitor.SendAsync(
            SecondFactor,
            $"{SecondFactor}?handler=Codes",
            ("CurrentPassword", Known.Password)
        );
        Assert.Contains("Recovery codes", await made.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        using var refused = await visitor.SendAsync(
            SecondFactor,
            $"{SecondFactor}?handler=Disable",
            ("CurrentPassword", "not this password")
        );
        Assert.True((await Known.AccountAsync(server.Services))!.TwoFactorEnabled);
        using var off = await visitor.SendAsync(
            SecondFactor,
            $"{SecondFactor}?handler=Disable",
            ("CurrentPassword", Known.Password)
        );
        var account = (await Known.AccountAsync(server.Services))!;

        Assert.False(account.TwoFactorEnabled);
        Assert.Null(account.AuthenticatorKey);
        Assert.Empty(account.RecoveryCodes);
        Assert.True(await visitor.IsInAsync());
        Assert.Equal(3, server.LettersTo(Known.Email).Count);
    }

    [Fact]
    public async Task A_wrong_first_code_keeps_the_picture_and_turns_nothing_on()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        using var begun = await visitor.SendAsync(
            SecondFactor,
            $"{SecondFactor}?handler=Begin",
            ("CurrentPassword", Known.Password)
        );
        var page = await begun.Content.ReadAsStringAsync(Cancel);

        using var wrong = await visitor.PostAsync(
            $"{SecondFactor}?handler=Confirm",
            ("__RequestVerificationToken", Visitor.Antiforgery(page)),
            ("Sealed", Steps.Hidden(page, "Sealed")),
            ("Code", "000000")
        );
        var again = await wrong.Content.ReadAsStringAsync(Cancel);

        Assert.Contains("This code is wrong.", again, StringComparison.Ordinal);
        Assert.Equal(Steps.Hidden(page, "Sealed"), Steps.Hidden(again, "Sealed"));
        Assert.False((await Known.AccountAsync(server.Services))!.TwoFactorEnabled);
    }

    [Fact]
    public async Task A_key_that_was_sealed_for_another_account_or_long_ago_turns_nothing_on()
    {
        await using var server = await PortalServer.StartAsync();
        using var grace = await Visitor.SignedInAsync(server, Known.OtherEmail);
        using var begun = await grace.SendAsync(
            SecondFactor,
            $"{SecondFactor}?handler=Begin",
            ("CurrentPassword", Known.Password)
        );
        var page = await begun.Content.ReadAsStringAsync(Cancel);
        var stolen = Steps.Hidden(page, "Sealed");
        using var ada = await Visitor.SignedInAsync(server);

        using var answer = await ada.SendAsync(
            SecondFactor,
            $"{SecondFactor}?handler=Confirm",
            ("Sealed", stolen),
            ("Code", "000000")
        );
        server.Time.Advance(TimeSpan.FromMinutes(31));
        using var late = await grace.SendAsync(
            SecondFactor,
            $"{SecondFactor}?handler=Confirm",
            ("Sealed", stolen),
            ("Code", "000000")
        );

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, late.StatusCode);
    }

    [Fact]
    public async Task Signing_out_everywhere_ends_every_browser_and_no_token()
    {
        await using var server = await PortalServer.StartAsync();
        using var here = await Visitor.SignedInAsync(server);
        using var elsewhere = await Visitor.SignedInAsync(server);
        using var other = await Visitor.SignedInAsync(server, Known.OtherEmail);
        var refresh = await (await server.Http.LoginV2Async()).RefreshOfSetAsync();

        using var answer = await here.SendAsync(Security, $"{Security}?handler=SignOutEverywhere");

        Assert.Equal("/portal/sign-in", answer.Headers.Location?.OriginalString);
        Assert.False(await here.IsInAsync());
        Assert.False(await elsewhere.IsInAsync());
        Assert.True(await other.IsInAsync());
        Assert.Contains(await server.AuditAsync(), entry => entry.Detail == "signed out everywhere");
        using var refreshed = await server.Http.RefreshV2Async(refresh);
        Assert.Equal(HttpStatusCode.Created, refreshed.StatusCode);
    }

    [Fact]
    public async Task A_time_zone_is_chosen_without_a_script_and_nonsense_is_refused()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);

        using var chosen = await visitor.SendAsync(
            "/portal/profile",
            "/portal/profile?handler=Zone",
            ("Zone", "Asia/Tokyo")
        );
        Assert.Contains("Asia/Tokyo", await visitor.PageAsync("/portal/profile"), StringComparison.Ordinal);
        Assert.Contains("UTC&#x2B;9", await visitor.PageAsync("/portal/profile"), StringComparison.Ordinal);
        foreach (
            var nonsense in new[]
            {
                "",
                "Mars/Olympus",
                "../../etc/passwd",
                new string('x', 5000),
                "UTC\r\nSet-Cookie: x=y",
            }
        )
        {
            using var answer = await visitor.SendAsync(
                "/portal/profile",
                "/portal/profile?handler=Zone",
                ("Zone", nonsense)
            );
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Contains(
                "Choose one of the time zones",
                await answer.Content.ReadAsStringAsync(Cancel),
                StringComparison.Ordinal
            );
        }
    }

    [Fact]
    public async Task Nothing_but_the_form_is_bound()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);

        await visitor.SendAsync(
            $"{Security}/password",
            null,
            ("CurrentPassword", Known.Password),
            ("NewPassword", Steps.NewPassword),
            ("Me.Administrator", "true"),
            ("Administrator", "true"),
            ("Me.Email", "evil@example.test"),
            ("account.Administrator", "true")
        );

        var account = (await Known.AccountAsync(server.Services))!;
        Assert.False(account.Administrator);
    }
}
