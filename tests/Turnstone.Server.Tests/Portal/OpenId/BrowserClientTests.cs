using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Playwright;
using Turnstone.Server.Tests.Portal.Authorize;
using Turnstone.Testing;

namespace Turnstone.Server.Tests.Portal.OpenId;

/// <summary>
/// A page of another origin on oidc-client-ts, in a real browser: sign-in, who it is, and refreshes by two tabs at
/// once.
/// </summary>
public sealed class BrowserClientTests(Browser browser)
{
    private const string Library = "node_modules/oidc-client-ts/dist/browser/oidc-client-ts.min.js";

    [Fact]
    public async Task Two_tabs_refresh_at_once_and_nobody_is_signed_out()
    {
        await using var server = await PortalServer.StartAsync();
        await using var site = await SiteAsync(server);
        var address = site.Urls.Single();
        var first = await browser.OpenAsync(server);
        await first.GotoAsync($"{address}/");
        await first.EvaluateAsync("() => { manager.signinRedirect() }");
        await first.Locator("#Email").FillAsync(Known.Email);
        await first.Locator("#Password").FillAsync(Known.Password);
        await first.Locator("main button.primary").ClickAsync();
        await first.Locator("button[value=allow]").ClickAsync();
        await Assertions.Expect(first.Locator("body")).ToHaveTextAsync(Known.Email);
        var second = await first.Context.NewPageAsync();
        await second.GotoAsync($"{address}/");

        for (var round = 0; round < 3; round++)
        {
            var tokens = await Task.WhenAll(RefreshAsync(first), RefreshAsync(second));
            Assert.All(tokens, Assert.NotEmpty);
            server.Time.Advance(TimeSpan.FromMinutes(1));
        }
    }

    [Fact]
    public async Task Somebody_signs_out_here_and_there()
    {
        await using var server = await PortalServer.StartAsync();
        await using var site = await SiteAsync(server);
        var address = site.Urls.Single();
        await ConsentTests.ChangeAsync(
            server,
            client => client with { PostLogoutRedirectUris = [$"{address}/after"] },
            Known.PublicClientId
        );
        var page = await browser.OpenAsync(server);
        await page.GotoAsync($"{address}/");
        await page.EvaluateAsync("() => { manager.signinRedirect() }");
        await page.Locator("#Email").FillAsync(Known.Email);
        await page.Locator("#Password").FillAsync(Known.Password);
        await page.Locator("main button.primary").ClickAsync();
        await page.Locator("button[value=allow]").ClickAsync();
        await Assertions.Expect(page.Locator("body")).ToHaveTextAsync(Known.Email);

        await page.EvaluateAsync("() => { manager.signoutRedirect() }");

        await Assertions.Expect(page.Locator("body")).ToHaveTextAsync("signed out");
        await page.GotoAsync("/portal/profile");
        await Assertions.Expect(page.Locator("#Password")).ToBeVisibleAsync();
    }

    private static Task<string> RefreshAsync(IPage page) =>
        page.EvaluateAsync<string>("async () => (await manager.signinSilent()).access_token");

    private static async Task<WebApplication> SiteAsync(TurnstoneServer server)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var library = Path.Combine(await Interop.FolderAsync(), Library);
        app.MapGet("/library.js", () => Results.File(library, "text/javascript"));
        app.MapGet("/{**rest}", () => Results.Text(Page(server), "text/html"));
        await app.StartAsync(TestContext.Current.CancellationToken);
        return app;
    }

    // The server calls itself by its issuer's name and listens elsewhere, so the page is told where.
    private static string Page(TurnstoneServer server)
    {
        var at = server.BaseAddress.GetLeftPart(UriPartial.Authority);
        return $$"""
            <!doctype html><title>A page</title><body></body><script src="/library.js"></script>
            <script>
              const at = "{{at}}"
              const manager = new oidc.UserManager({
                authority: "https://id.example.test",
                metadata: {
                  issuer: "https://id.example.test", jwks_uri: at + "/.well-known/jwks.json",
                  authorization_endpoint: at + "/oauth2/authorize", token_endpoint: at + "/oauth2/token",
                  userinfo_endpoint: at + "/oauth2/userinfo", end_session_endpoint: at + "/oauth2/logout",
                },
                client_id: "{{Known.PublicClientId}}", redirect_uri: location.origin + "/callback",
                post_logout_redirect_uri: location.origin + "/after",
                scope: "openid email offline_access", loadUserInfo: true, automaticSilentRenew: false,
                userStore: new oidc.WebStorageStateStore({ store: localStorage }),
              })
              const show = user => { document.body.textContent = user?.profile.email ?? "nobody" }
              const fail = error => { document.body.textContent = error }
              if (location.pathname === "/callback") manager.signinCallback().then(show, fail)
              const signedOut = () => { document.body.textContent = "signed out" }
              if (location.pathname === "/after") manager.signoutCallback().then(signedOut, fail)
            </script>
            """;
    }
}
