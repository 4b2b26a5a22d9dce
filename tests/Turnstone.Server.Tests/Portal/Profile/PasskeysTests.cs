using System.Net;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Turnstone.Model;
using Turnstone.Server.Accounts;

namespace Turnstone.Server.Tests.Portal.Profile;

public sealed class PasskeysTests
{
    private const string Path = "/portal/profile/security/passkeys";
    private const string HostileName = "<script>alert(1)</script>\"'";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Another_account_can_neither_rename_nor_remove_it()
    {
        await using var server = await PortalServer.StartAsync();
        var id = await GivenAsync(server, Known.OtherEmail);
        using var visitor = await Visitor.SignedInAsync(server);
        foreach (var handler in new[] { "Rename", "Remove" })
        {
            foreach (var wrong in new[] { id, "AAAA", "", "no base64!", new string('A', 5000) })
            {
                using var answer = await visitor.SendAsync(
                    Path,
                    $"{Path}?handler={handler}",
                    ("id", wrong),
                    ("NewName", "mine"),
                    ("CurrentPassword", Known.Password)
                );
                Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
            }
        }

        using var owner = await Visitor.SignedInAsync(server, Known.OtherEmail);
        Assert.Contains("&lt;script&gt;alert(1)&lt;/script&gt;", await owner.PageAsync(Path), StringComparison.Ordinal);
        Assert.DoesNotContain("<script>alert", await owner.PageAsync(Path), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_will_not_do_and_a_wrong_password_are_told_beside_the_field()
    {
        await using var server = await PortalServer.StartAsync();
        var id = await GivenAsync(server, Known.Email);
        using var visitor = await Visitor.SignedInAsync(server);
        foreach (var name in new[] { "", "   ", new string('x', 101), "two\nlines" })
        {
            using var answer = await visitor.SendAsync(Path, $"{Path}?handler=Rename", ("id", id), ("NewName", name));
            Assert.Contains(
                "Enter a name of 1 to 100 characters.",
                await answer.Content.ReadAsStringAsync(Cancel),
                StringComparison.Ordinal
            );
        }

        using var wrong = await visitor.SendAsync(
            Path,
            $"{Path}?handler=Remove",
            ("id", id),
            ("CurrentPassword", "not this password")
        );
        Assert.Contains(
            "The password is wrong.",
            await wrong.Content.ReadAsStringAsync(Cancel),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("not json")]
    [InlineData("{\"id\":\"AAAA\",\"rawId\":\"AAAA\",\"type\":\"public-key\",\"response\":{}}")]
    public async Task What_is_no_passkey_signs_in_nobody_and_adds_nothing(string credential)
    {
        await using var server = await PortalServer.StartAsync();
        using var stranger = new Visitor(server);
        using var entered = await stranger.SendAsync(
            "/portal/sign-in",
            "/portal/sign-in/passkey",
            ("credential", credential)
        );
        Assert.Contains(
            "The passkey was not accepted.",
            await entered.Content.ReadAsStringAsync(Cancel),
            StringComparison.Ordinal
        );
        using var options = await stranger.SendAsync("/portal/sign-in", "/portal/sign-in/passkey?handler=Options");
        Assert.Contains("challenge", await options.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        using var again = await stranger.SendAsync(
            "/portal/sign-in",
            "/portal/sign-in/passkey",
            ("credential", credential)
        );
        Assert.Contains(
            "The passkey was not accepted.",
            await again.Content.ReadAsStringAsync(Cancel),
            StringComparison.Ordinal
        );

        using var customer = await Visitor.SignedInAsync(server);
        using var added = await customer.SendAsync(
            Path,
            $"{Path}?handler=Add",
            ("Name", "mine"),
            ("credential", credential)
        );
        Assert.Contains(
            "The passkey was not added.",
            await added.Content.ReadAsStringAsync(Cancel),
            StringComparison.Ordinal
        );
    }

    private static async Task<string> GivenAsync(TurnstoneServer server, string email)
    {
        await using var scope = server.Services.CreateAsyncScope();
        var manager = scope.ServiceProvider.GetRequiredService<AccountManager>();
        var account = (await manager.FindByEmailAsync(email))!;
        byte[] id = [1, 2, 3, 4, 5, 6, 7, 8];
        var passkey = new UserPasskeyInfo(id, [1], server.Time.Now, 0, ["internal"], true, false, false, [1], [1])
        {
            Name = HostileName,
        };
        Assert.True((await manager.AddOrUpdatePasskeyAsync(account, passkey)).Succeeded);
        return Base64UrlText.Encode(id);
    }
}
