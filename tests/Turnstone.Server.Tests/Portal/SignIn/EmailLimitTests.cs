namespace Turnstone.Server.Tests.Portal.SignIn;

public sealed class EmailLimitTests
{
    [Fact]
    public async Task Sign_ups_and_moves_with_an_address_do_not_use_up_its_owners_reset_letters()
    {
        await using var server = await PortalServer.StartAsync();
        using var stranger = new Visitor(server);
        using var customer = await Visitor.SignedInAsync(server, Known.OtherEmail);
        for (var time = 0; time < 6; time++)
        {
            using var signedUp = await stranger.SignUpAsync(Known.Email);
            using var moved = await customer.SendAsync(
                "/portal/profile/security/email",
                null,
                ("NewEmail", Known.Email),
                ("CurrentPassword", Known.Password)
            );
        }

        // Five of each kind, and no more.
        Assert.Equal(10, server.LettersTo(Known.Email).Count);
        using var asked = await stranger.SendAsync("/portal/forgot-password", null, ("Email", Known.Email));

        Assert.Equal("Set a new password", server.LettersTo(Known.Email)[0].Subject);
    }
}
