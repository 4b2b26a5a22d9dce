using System.Net;
using Turnstone.Model;
using Turnstone.Server.Tests.Portal.SignIn;

namespace Turnstone.Server.Tests.Portal.Profile;

public sealed class SecurityTests
{
    private const string Security = "/portal/profile/security";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_new_password_ends_everything_but_this_browser()
    {
        await using var server = await PortalServer.StartAsync();
        using var here = await Visitor.SignedInAsync(server);
        using var elsewhere = await Visitor.SignedInAsync(server);
        using var login = await server.Http.LoginV2Async();
        var (access, refresh) = await login.PairOfSetAsync();
        using var valid = await server.Http.ValidateV2Async(access);
        Assert.Equal(HttpStatusCode.OK, valid.StatusCode);

        using var answer = await here.SendAsync(
            $"{Security}/password",
            null,
            ("CurrentPassword", Known.Password),
            ("NewPassword", Steps.NewPassword)
        );

        Assert.Equal(Security, answer.Headers.Location?.OriginalString);
        using var refused = await server.Http.ValidateV2Async(access);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.True(await here.IsInAsync());
        Assert.False(await elsewhere.IsInAsync());
        using var refreshed = await server.Http.RefreshV2Async(refresh);
        Assert.NotEqual(HttpStatusCode.Created, refreshed.StatusCode);
        Assert.Contains(
            "Your password was changed",
            Assert.Single(server.LettersTo(Known.Email)).Text,
            StringComparison.Ordinal
        );
        Assert.Contains(await server.AuditAsync(), entry => entry.Event.Known is AuditEvent.PasswordChanged);
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
