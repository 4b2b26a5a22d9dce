using System.Net;

namespace Turnstone.Server.Tests.Portal.SignIn;

public sealed class ResetTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_link_sets_a_new_password_once_and_ends_everything()
    {
        await using var server = await PortalServer.StartAsync();
        using var signedIn = await Visitor.SignedInAsync(server);
        using var login = await server.Http.LoginV2Async();
        var (access, refresh) = await login.PairOfSetAsync();
        using var visitor = new Visitor(server);

        using var sent = await visitor.SendAsync("/portal/forgot-password", null, ("Email", Known.Email));
        var letter = Assert.Single(server.LettersTo(Known.Email));
        using var weak = await visitor.FollowAsync(letter, ("Password", "password1234"));
        Assert.Contains("guessed first", await weak.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        using var done = await visitor.FollowAsync(letter, ("Password", Steps.NewPassword));
        using var refused = await server.Http.ValidateV2Async(access);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        using var again = await visitor.FollowAsync(letter, ("Password", "schrank wolle tinte besen"));

        Assert.Equal("/portal/sign-in", done.Headers.Location?.OriginalString);
        Assert.Contains("is no longer valid", await again.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        Assert.False(await signedIn.IsInAsync());
        using var refreshed = await server.Http.RefreshV2Async(refresh);
        Assert.NotEqual(HttpStatusCode.Created, refreshed.StatusCode);
        using var old = await visitor.SignInAsync();
        Assert.Equal(HttpStatusCode.OK, old.StatusCode);
        using var fresh = await visitor.SignInAsync(password: Steps.NewPassword);
        Assert.Equal("/portal", fresh.Headers.Location?.OriginalString);
        Assert.Contains(
            server.LettersTo(Known.Email),
            told => told.Text.Contains("A new password was set", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task A_link_is_good_for_an_hour_and_for_no_other_account_or_purpose()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = new Visitor(server);
        await visitor.SendAsync("/portal/forgot-password", null, ("Email", Known.Email));
        var letter = server.LettersTo(Known.Email)[0];
        var other = (await Known.AccountAsync(server.Services, Known.OtherEmail))!.Id;
        var own = (await Known.AccountAsync(server.Services))!.Id;

        foreach (
            var path in new[]
            {
                letter.Link().Replace($"{own}", $"{other}", StringComparison.Ordinal),
                letter.Link() + "x",
                letter.Link().Replace("account=", "nothing=", StringComparison.Ordinal),
                $"/portal/reset-password?account={own}&token=%00",
                $"/portal/reset-password?account[]=1&token={new string('A', 4000)}",
            }
        )
        {
            using var answer = await visitor.SendAsync(path, null, ("Password", Steps.NewPassword));
            Assert.Contains(
                "is no longer valid",
                await answer.Content.ReadAsStringAsync(Cancel),
                StringComparison.Ordinal
            );
        }

        using var confirm = await visitor.SendAsync(
            letter.Link().Replace("reset-password", "confirm-email", StringComparison.Ordinal),
            null,
            ("Password", Known.Password)
        );
        Assert.Contains(
            "is no longer valid",
            await confirm.Content.ReadAsStringAsync(Cancel),
            StringComparison.Ordinal
        );

        server.Time.Advance(TimeSpan.FromHours(1));
        using var late = await visitor.FollowAsync(letter, ("Password", Steps.NewPassword));
        Assert.Contains("is no longer valid", await late.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        using var unchanged = await visitor.SignInAsync();
        Assert.Equal("/portal", unchanged.Headers.Location?.OriginalString);
    }

    [Fact]
    public async Task It_does_not_turn_off_the_second_step()
    {
        await using var server = await PortalServer.StartAsync();
        using var owner = await Visitor.SignedInAsync(server);
        await owner.EnableSecondStepAsync(server);
        using var visitor = new Visitor(server);
        await visitor.SendAsync("/portal/forgot-password", null, ("Email", Known.Email));
        var letter = server
            .LettersTo(Known.Email)
            .First(letter => letter.Text.Contains("/portal/reset-password", StringComparison.Ordinal));

        await visitor.FollowAsync(letter, ("Password", Steps.NewPassword));
        using var pending = await visitor.SignInAsync(password: Steps.NewPassword);

        Assert.Equal("/portal/sign-in/second-factor", pending.Headers.Location?.OriginalString);
        Assert.False(await visitor.IsInAsync());
    }

    [Fact]
    public async Task An_unknown_and_a_disabled_email_get_the_same_answer_and_no_letter()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = new Visitor(server);
        await Steps.DisableAsync(server, Known.OtherEmail);

        foreach (var email in new[] { Known.Email, Known.OtherEmail, "nobody@example.test" })
        {
            using var answer = await visitor.SendAsync("/portal/forgot-password", null, ("Email", email));
            Assert.Equal("/portal/forgot-password?sent=True", answer.Headers.Location?.OriginalString);
        }

        Assert.Single(server.LettersTo(Known.Email));
        Assert.Empty(server.LettersTo(Known.OtherEmail));
        Assert.Empty(server.LettersTo("nobody@example.test"));
    }

    [Fact]
    public async Task A_reset_confirms_the_email_of_an_account_that_was_not()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = new Visitor(server);
        await visitor.SignUpAsync(password: "an unknown stranger chose it");
        await visitor.SendAsync("/portal/forgot-password", null, ("Email", Steps.NewEmail));

        await visitor.FollowAsync(server.LettersTo(Steps.NewEmail)[0], ("Password", Steps.NewPassword));
        using var entered = await visitor.SignInAsync(Steps.NewEmail, Steps.NewPassword);

        Assert.Equal("/portal", entered.Headers.Location?.OriginalString);
    }

    [Fact]
    public async Task A_link_stands_on_the_issuer_whatever_host_was_asked()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = new Visitor(server);
        visitor.Http.DefaultRequestHeaders.Host = "evil.example.test";
        visitor.Http.DefaultRequestHeaders.Add("X-Forwarded-Host", "evil.example.test");

        await visitor.SendAsync("/portal/forgot-password", null, ("Email", Known.Email));
        await visitor.SignUpAsync();

        foreach (var letter in server.LettersTo(Known.Email).Concat(server.LettersTo(Steps.NewEmail)))
        {
            Assert.DoesNotContain("evil", letter.Text, StringComparison.Ordinal);
            Assert.Contains("https://id.example.test/portal/", letter.Text, StringComparison.Ordinal);
        }
    }
}
