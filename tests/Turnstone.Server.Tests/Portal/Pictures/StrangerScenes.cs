using Microsoft.Playwright;
using Turnstone.Server.Tests.Portal.Authorize;
using Turnstone.Server.Tests.Portal.Device;
using Turnstone.Server.Tests.Portal.SignIn;

namespace Turnstone.Server.Tests.Portal.Pictures;

/// <summary>What somebody sees who is not signed in.</summary>
internal static class StrangerScenes
{
    private static readonly string[] Guides =
    [
        "protect-your-api",
        "getting-started",
        "updating-tokens",
        "moving-to-v2",
        "errors",
    ];

    private static readonly string[] Documents = ["auth-v1", "auth-v2", "oauth-v1", "session-v3", "oauth2"];

    public static IEnumerable<Scene> All =>
        [
            At("welcome", "/portal/welcome"),
            At("sign-in", "/portal/sign-in"),
            Scene.At(
                Reader.Stranger,
                "sign-in-wrong",
                "/portal/sign-in",
                async page =>
                {
                    await page.Locator("#Email").FillAsync("nobody@example.test");
                    await page.Locator("#Password").FillAsync("not this password");
                    await Scene.SendAsync(page, "main button.primary");
                }
            ),
            Scene.At(
                Reader.Stranger,
                "sign-in-second-factor",
                "/portal/sign-in",
                async page =>
                {
                    await page.Locator("#Email").FillAsync(FilledPortal.Careful);
                    await page.Locator("#Password").FillAsync(Known.Password);
                    await Scene.SendAsync(page, "main button.primary");
                }
            ),
            new("sign-in-passkey-failed", Reader.Stranger, FailPasskeyAsync),
            At("confirm-factor-stale", "/portal/confirm-factor?account=x&token=y&factor=app"),
            Of("confirm-factor", FilledPortal.Waiting),
            Of("confirm-factor-young-mailbox", FilledPortal.Moved),
            At("sign-up", "/portal/sign-up"),
            Scene.At(
                Reader.Stranger,
                "sign-up-sent",
                "/portal/sign-up",
                async page =>
                {
                    await page.Locator("#Email").FillAsync("somebody-new@example.test");
                    await page.Locator("#Password").FillAsync("kreide teppich ampel gurke");
                    await Scene.SendAsync(page, "main button.primary");
                }
            ),
            At("forgot-password", "/portal/forgot-password"),
            Scene.At(
                Reader.Stranger,
                "forgot-password-sent",
                "/portal/forgot-password",
                async page =>
                {
                    await page.Locator("#Email").FillAsync("somebody@example.test");
                    await Scene.SendAsync(page, "main button.primary");
                }
            ),
            At("reset-password", "/portal/reset-password?account=x&token=y"),
            At("confirm-email", "/portal/confirm-email?account=x&token=y"),
            At("confirm-new-email", "/portal/confirm-new-email?account=x&token=y&email=z"),
            At("outbox", "/portal/outbox"),
            At("not-found", "/portal/no-such-page") with
            {
                IsError = true,
            },
            At("authorize-unproven", AuthorizeUrl.OAuth2(("client_id", "nobody"))) with
            {
                IsError = true,
            },
            Scene.At(
                Reader.Stranger,
                "device-sign-in",
                async stage =>
                    new Uri(
                        (await FakeDevice.BeginAsync(stage.Server))
                            .Codes.GetProperty("verification_uri_complete")
                            .GetString()!
                    ).PathAndQuery
            ),
            At("logout-done", "/oauth2/logout"),
            At("guides", "/portal/guides"),
            .. Guides.Select(name => At($"guide-{name}", $"/portal/guides/{name}")),
            .. Documents.Select(name =>
                Scene.At(
                    Reader.Stranger,
                    $"reference-{name}",
                    $"/portal/reference?document={name}",
                    async page =>
                    {
                        await page.Locator(".opblock-summary-control").First.ClickAsync();
                        await page.Locator(".opblock-body .responses-wrapper").First.WaitForAsync();
                    }
                )
            ),
        ];

    private static Scene At(string name, string path) => Scene.At(Reader.Stranger, name, path);

    /// <summary>The page of the newest link about a factor that was sent there.</summary>
    private static Scene Of(string name, string email) =>
        Scene.At(
            Reader.Stranger,
            name,
            stage =>
                Task.FromResult(
                    stage
                        .Server.LettersTo(email)
                        .First(letter => letter.Text.Contains("/confirm-factor?", StringComparison.Ordinal))
                        .Link()
                )
        );

    // A browser whose device answers nonsense; no script of the portal's would send it.
    private static async Task FailPasskeyAsync(IPage page, Stage stage)
    {
        await page.GotoAsync("/portal/sign-in");
        await page.EvaluateAsync("document.documentElement.dataset.before = ''");
        await page.Locator("form[data-passkey]")
            .EvaluateAsync("form => { form.elements.credential.value = '{}'; form.submit(); }");
        await Assertions.Expect(page.Locator("html[data-before]")).ToHaveCountAsync(0);
        await Assertions.Expect(page.Locator("main")).ToBeVisibleAsync();
    }
}
