using System.Net;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Turnstone.Server.Tests.Portal.SignIn;

/// <summary>How much stands between nothing and a token.</summary>
public sealed class FirstMinuteTests(Browser browser)
{
    [Fact]
    public async Task From_sign_up_to_a_token_are_four_clicks_and_one_password()
    {
        await using var server = await PortalServer.StartAsync();
        var page = await browser.OpenAsync(server);
        var (clicks, passwords) = (0, 0);
        await page.GotoAsync("/portal/sign-up");
        await page.Locator("#Email").FillAsync(Steps.NewEmail);
        await TypePasswordAsync();
        await ClickAsync(page.Locator("main button.primary"));

        // The mailbox is the reader's: in it, the link is the click.
        await page.GotoAsync("/portal/outbox");
        await ClickAsync(page.Locator(".email a").First);
        await ClickAsync(page.Locator("main button.primary"));
        await Look.AtAsync(page, "home-first", script: true);
        await ClickAsync(page.GetByRole(AriaRole.Button, new() { Name = "Generate it now" }));

        await Expect(page.GetByText("tsr_").First).ToBeVisibleAsync();
        Assert.Equal((4, 1), (clicks, passwords));

        async Task ClickAsync(ILocator what)
        {
            clicks++;
            await what.ClickAsync();
            await page.WaitForLoadStateAsync(LoadState.DOMContentLoaded);
        }

        async Task TypePasswordAsync()
        {
            passwords++;
            await page.Locator("#Password").FillAsync(Steps.NewPassword);
        }
    }

    [Fact]
    public async Task Only_the_browser_that_chose_the_password_confirms_without_it_and_only_for_20_minutes()
    {
        await using var server = await PortalServer.StartAsync();
        using var mary = new Visitor(server);
        using var owner = new Visitor(server);
        using (await mary.SignUpAsync()) { }
        var letter = server.LettersTo(Steps.NewEmail)[0];

        // The address is somebody else's: the letter comes to a browser that has signed up for another account.
        using (await owner.SignUpAsync("owner@example.test")) { }
        using var elsewhere = await owner.FollowAsync(letter);
        Assert.False(await owner.IsInAsync());
        Assert.Contains("name=\"Password\"", await owner.PageAsync(letter.Link()), StringComparison.Ordinal);

        server.Time.Advance(TimeSpan.FromMinutes(20));
        Assert.Contains("name=\"Password\"", await mary.PageAsync(letter.Link()), StringComparison.Ordinal);
        using var late = await mary.FollowAsync(letter);
        Assert.False(await mary.IsInAsync());

        // Asking again for an address that has an account by now proves nothing either, and looks the same.
        using (await owner.SignUpAsync()) { }
        using var again = await owner.FollowAsync(letter);
        Assert.False(await owner.IsInAsync());
        Assert.False((await Known.AccountAsync(server.Services, Steps.NewEmail))!.EmailConfirmed);
    }

    [Fact]
    public async Task An_account_that_was_disabled_meanwhile_is_not_let_in_by_its_own_browser()
    {
        await using var server = await PortalServer.StartAsync();
        using var mary = new Visitor(server);
        using (await mary.SignUpAsync()) { }
        await Steps.DisableAsync(server, Steps.NewEmail);

        using var followed = await mary.FollowAsync(server.LettersTo(Steps.NewEmail)[0]);

        Assert.Equal(HttpStatusCode.OK, followed.StatusCode);
        Assert.False((await Known.AccountAsync(server.Services, Steps.NewEmail))!.EmailConfirmed);
    }

    [Fact]
    public async Task A_sign_up_sets_the_same_cookie_whether_or_not_the_address_has_an_account()
    {
        await using var server = await PortalServer.StartAsync();
        var sizes = new List<int>();
        foreach (var email in new[] { Steps.NewEmail, Known.Email, Steps.NewEmail })
        {
            using var visitor = new Visitor(server);
            using var answer = await visitor.SignUpAsync(email);
            sizes.Add(visitor.Cookies.GetCookies(server.BaseAddress)["turnstone-sign-up"]!.Value.Length);
        }

        Assert.Single(sizes.Distinct());
    }
}
