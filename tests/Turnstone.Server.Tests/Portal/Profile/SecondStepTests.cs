using System.Net;
using Turnstone.Server.Tests.Portal.SignIn;

namespace Turnstone.Server.Tests.Portal.Profile;

public sealed class SecondStepTests
{
    private const string SecondFactor = "/portal/profile/security/second-factor";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

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
}
