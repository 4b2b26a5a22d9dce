using System.Net;

namespace Turnstone.Server.Tests.Portal.SignIn;

/// <summary>An account that moves to an address whose reader never wanted it.</summary>
public sealed class NewEmailTests
{
    private const string Victim = "victim@example.test";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whoever_reads_the_letter_does_not_move_a_strangers_account_to_his_address()
    {
        await using var server = await PortalServer.StartAsync();
        await AskAsync(server);
        var letter = Assert.Single(server.LettersTo(Victim));
        using var nobody = new Visitor(server);
        using var another = await Visitor.SignedInAsync(server, Known.OtherEmail);

        foreach (var visitor in new[] { nobody, another })
        {
            Assert.Contains("type=\"password\"", await visitor.PageAsync(letter.Link()), StringComparison.Ordinal);
            using var pressed = await visitor.FollowAsync(letter);
            using var guessed = await visitor.FollowAsync(letter, ("Password", "not this password"));

            Assert.Contains(
                "The password is wrong.",
                await pressed.Content.ReadAsStringAsync(Cancel),
                StringComparison.Ordinal
            );
            Assert.Contains(
                "The password is wrong.",
                await guessed.Content.ReadAsStringAsync(Cancel),
                StringComparison.Ordinal
            );
        }

        Assert.NotNull(await Known.AccountAsync(server.Services));
        Assert.Null(await Known.AccountAsync(server.Services, Victim));
    }

    [Fact]
    public async Task The_owner_moves_it_from_a_browser_that_is_not_signed_in_with_his_password()
    {
        await using var server = await PortalServer.StartAsync();
        await AskAsync(server);
        var letter = Assert.Single(server.LettersTo(Victim));
        using var elsewhere = new Visitor(server);

        using var moved = await elsewhere.FollowAsync(letter, ("Password", Known.Password));

        Assert.Equal("/portal/sign-in", moved.Headers.Location?.OriginalString);
        Assert.NotNull(await Known.AccountAsync(server.Services, Victim));
        Assert.False(await elsewhere.IsInAsync());
    }

    [Fact]
    public async Task Without_a_good_link_no_password_is_tried()
    {
        await using var server = await PortalServer.StartAsync();
        var id = (await Known.AccountAsync(server.Services))!.Id;
        using var visitor = new Visitor(server);

        using var answer = await visitor.SendAsync(
            $"/portal/confirm-new-email?account={id}&token=forged&email={Victim}",
            null,
            ("Password", Known.Password)
        );

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains("is no longer valid", await answer.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        Assert.NotNull(await Known.AccountAsync(server.Services));
    }

    [Fact]
    public async Task The_email_names_the_account_that_wants_to_use_the_address()
    {
        await using var server = await PortalServer.StartAsync();
        await AskAsync(server);

        Assert.Contains(
            $"The account {Known.Email} wants to use this address",
            Assert.Single(server.LettersTo(Victim)).Text,
            StringComparison.Ordinal
        );
    }

    private static async Task AskAsync(TurnstoneServer server)
    {
        using var owner = await Visitor.SignedInAsync(server);
        using var asked = await owner.SendAsync(
            "/portal/profile/security/email",
            null,
            ("NewEmail", Victim),
            ("CurrentPassword", Known.Password)
        );
        Assert.Equal(HttpStatusCode.Redirect, asked.StatusCode);
    }
}
