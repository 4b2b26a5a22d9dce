using Microsoft.Playwright;
using Turnstone.Server.Tests.Accounts;

namespace Turnstone.Server.Tests.Portal.SignIn;

/// <summary>The way in as a person takes it, in a real browser.</summary>
public sealed class SignInFlowTests(Browser browser)
{
    [Theory]
    [InlineData(true, false, false)]
    [InlineData(true, true, true)]
    [InlineData(false, false, true)]
    public async Task From_sign_up_to_a_second_step_and_back_in(bool script, bool dark, bool phone)
    {
        await using var server = await PortalServer.StartAsync();
        var page = await browser.OpenAsync(server, dark, script, phone);

        // Sign up, read the letter, confirm.
        await page.GotoAsync("/portal/sign-in");
        await SoundAsync(page, script);
        await page.GetByRole(AriaRole.Link, new() { Name = "Create an account" }).ClickAsync();
        await page.Locator("#Email").FillAsync(Steps.NewEmail);
        await page.Locator("#Password").FillAsync("password1234");
        await page.Locator("main button.primary").ClickAsync();
        await Assertions.Expect(page.Locator("#Password-error")).ToContainTextAsync("guessed first");
        await SoundAsync(page, script);
        await page.Locator("#Password").FillAsync(Steps.NewPassword);
        await page.Locator("main button.primary").ClickAsync();
        await SoundAsync(page, script);
        await page.GetByText("read the email in the outbox").ClickAsync();
        await SoundAsync(page, script);
        await page.Locator(".email a").First.ClickAsync();
        await SoundAsync(page, script);
        await page.Locator("main button.primary").ClickAsync();
        await Assertions.Expect(page.GetByText("Your email address is confirmed.")).ToBeVisibleAsync();

        // Turn the second step on.
        await page.GotoAsync("/portal/profile");
        await SoundAsync(page, script);
        await page.GotoAsync("/portal/profile/security");
        await SoundAsync(page, script);
        await page.GetByRole(AriaRole.Link, new() { Name = "Turn on" }).ClickAsync();
        await page.Locator("#CurrentPassword").FillAsync(Steps.NewPassword);
        await SoundAsync(page, script);
        await page.Locator("main button.primary").ClickAsync();
        await SoundAsync(page, script);
        var key = await page.Locator("code.copied-text").InnerTextAsync();
        await page.Locator("#Code").FillAsync(Authenticator.Code(key, server.Time.Now));
        await page.Locator("main button.primary").ClickAsync();
        await SoundAsync(page, script);
        var codes = (await page.Locator("pre.copied-text").InnerTextAsync()).Split(
            '\n',
            StringSplitOptions.RemoveEmptyEntries
        );
        await page.GetByText("I have saved them").ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Change", Exact = true }).ClickAsync();
        await page.GetByText("Create new recovery codes").First.ClickAsync();
        await SoundAsync(page, script);

        // In again by the app, and by a recovery code.
        server.Time.Advance(TimeSpan.FromSeconds(30));
        await SignOutAsync(page);
        await SignInAsync(page);
        await SoundAsync(page, script);
        await page.Locator("#Code").FillAsync("000000");
        await page.Locator("main button.primary").ClickAsync();
        await Assertions.Expect(page.Locator("#Code-error")).ToContainTextAsync("is wrong");
        await SoundAsync(page, script);
        await page.Locator("#Code").FillAsync(Authenticator.Code(key, server.Time.Now));
        await page.Locator("main button.primary").ClickAsync();
        await Browser.ArriveAsync(page, "/portal");
        await SignOutAsync(page);
        await SignInAsync(page);
        await page.GetByText("Use a recovery code").ClickAsync();
        await page.Locator("#RecoveryCode").FillAsync(codes[0].Trim());
        await SoundAsync(page, script);
        await page.Locator("details.recovery button").ClickAsync();
        await Browser.ArriveAsync(page, "/portal");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_pages_beside_the_way_are_sound(bool dark)
    {
        await using var server = await PortalServer.StartAsync();
        var page = await browser.OpenAsync(server, dark, language: "de");
        foreach (
            var path in new[]
            {
                "/portal/forgot-password",
                "/portal/forgot-password?sent=true",
                "/portal/reset-password",
                "/portal/confirm-email",
                "/portal/confirm-new-email",
                "/portal/outbox",
            }
        )
        {
            await page.GotoAsync(path);
            await Browser.AssertSoundAsync(page);
        }

        var signedIn = await browser.SignedInAsync(server, dark, language: "de");
        foreach (
            var path in new[]
            {
                "/portal/profile/security/password",
                "/portal/profile/security/email",
                "/portal/profile/security/passkeys",
                "/portal/sign-out",
            }
        )
        {
            await signedIn.GotoAsync(path);
            await Browser.AssertSoundAsync(signedIn);
        }
    }

    [Fact]
    public async Task Signing_up_and_in_needs_a_keyboard_alone_and_the_hint_speaks_as_one_types()
    {
        await using var server = await PortalServer.StartAsync();
        var page = await browser.OpenAsync(server);
        await page.GotoAsync("/portal/sign-up");
        await Assertions.Expect(page.Locator("#Email")).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync(Steps.NewEmail);
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.TypeAsync("kreide");
        await Assertions.Expect(page.Locator(".strength")).ToHaveTextAsync("6 more characters needed.");
        await page.Keyboard.TypeAsync(Steps.NewPassword["kreide".Length..]);
        await Assertions.Expect(page.Locator(".strength")).ToHaveTextAsync("Good: long and varied.");
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForURLAsync("**/portal/sign-up?sent=True");
        using var visitor = new Visitor(server);
        await visitor.FollowAsync(server.LettersTo(Steps.NewEmail)[0], ("Password", Steps.NewPassword));

        await page.GotoAsync("/portal/sign-in");
        await Assertions.Expect(page.Locator("#Email")).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync(Steps.NewEmail);
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.TypeAsync(Steps.NewPassword);
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.PressAsync("Space");
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.PressAsync("Enter");
        await Browser.ArriveAsync(page, "/portal");
    }

    private static async Task SoundAsync(IPage page, bool script)
    {
        if (script)
        {
            await Browser.AssertSoundAsync(page);
        }
    }

    private static async Task SignInAsync(IPage page)
    {
        await page.Locator("#Email").FillAsync(Steps.NewEmail);
        await page.Locator("#Password").FillAsync(Steps.NewPassword);
        await page.Locator("main button.primary").ClickAsync();
    }

    private static async Task SignOutAsync(IPage page)
    {
        await page.GotoAsync("/portal/sign-out");
        await page.Locator("main button.primary").ClickAsync();
    }
}
