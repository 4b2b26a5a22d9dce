using System.Net;

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

    [Fact]
    public async Task Nobody_floods_a_mailbox_and_the_page_does_not_tell_that_it_stopped()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = new Visitor(server);
        for (var i = 0; i < 8; i++)
        {
            using var answer = await visitor.SignUpAsync();
            Assert.Equal("/portal/sign-up?sent=True", answer.Headers.Location?.OriginalString);
        }

        Assert.Equal(5, server.LettersTo(Steps.NewEmail).Count);
    }

    [Fact]
    public async Task A_network_that_asks_for_too_many_letters_has_to_wait()
    {
        await using var server = await PortalServer.StartAsync(["Turnstone:Limits:EmailsPerNetwork:Count=2"]);
        using var visitor = new Visitor(server);
        await visitor.SendAsync("/portal/forgot-password", null, ("Email", "a@example.test"));
        await visitor.SendAsync("/portal/forgot-password", null, ("Email", "b@example.test"));

        using var answer = await visitor.SignUpAsync();

        Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
        Assert.NotNull(answer.Headers.RetryAfter);
        Assert.Null(await Known.AccountAsync(server.Services, Steps.NewEmail));
    }
}
