using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Playwright;
using Turnstone.Server.Tests.Portal.Authorize;

namespace Turnstone.Server.Tests.Portal.OpenId;

/// <summary>
/// A website on ASP.NET Core's own OpenID Connect handler with its defaults (the answer by form_post, a nonce, PKCE),
/// in a real browser.
/// </summary>
public sealed class AspNetCoreClientTests(Browser browser)
{
    private const string Issuer = "https://id.example.test";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Somebody_signs_in_to_a_website(bool script)
    {
        await using var server = await PortalServer.StartAsync();
        await using var website = await WebsiteAsync(server);
        var page = await browser.OpenAsync(server, script: script);

        await page.GotoAsync($"{website.Urls.Single()}/");
        await page.Locator("#Email").FillAsync(Known.Email);
        await page.Locator("#Password").FillAsync(Known.Password);
        await page.Locator("main button.primary").ClickAsync();
        await page.Locator("button[value=allow]").ClickAsync();
        if (!script)
        {
            await page.Locator("form button.primary").ClickAsync();
        }

        var account = (await Known.AccountAsync(server.Services))!.Id;
        await Assertions.Expect(page.Locator("body")).ToHaveTextAsync($"{account} {Known.Email} pwd");
    }

    [Fact]
    public async Task Somebody_who_says_no_is_sent_back_with_that()
    {
        await using var server = await PortalServer.StartAsync();
        await using var website = await WebsiteAsync(server);
        var page = await browser.OpenAsync(server);

        await page.GotoAsync($"{website.Urls.Single()}/");
        await page.Locator("#Email").FillAsync(Known.Email);
        await page.Locator("#Password").FillAsync(Known.Password);
        await page.Locator("main button.primary").ClickAsync();
        await page.Locator("button[value=deny]").ClickAsync();

        await Assertions.Expect(page.Locator("body")).ToHaveTextAsync("refused: access_denied");
    }

    [Fact]
    public async Task Somebody_signs_out_of_a_website_and_of_the_server()
    {
        await using var server = await PortalServer.StartAsync();
        await using var website = await WebsiteAsync(server);
        await ConsentTests.ChangeAsync(
            server,
            client => client with { PostLogoutRedirectUris = [$"{website.Urls.Single()}/signout-callback-oidc"] },
            Known.PublicClientId
        );
        var page = await browser.OpenAsync(server);
        await page.GotoAsync($"{website.Urls.Single()}/");
        await page.Locator("#Email").FillAsync(Known.Email);
        await page.Locator("#Password").FillAsync(Known.Password);
        await page.Locator("main button.primary").ClickAsync();
        await page.Locator("button[value=allow]").ClickAsync();
        await Assertions.Expect(page.Locator("body")).ToContainTextAsync(Known.Email);

        await page.GotoAsync($"{website.Urls.Single()}/sign-out");

        await Assertions.Expect(page.Locator("body")).ToHaveTextAsync("signed out");
        await page.GotoAsync("/portal/profile");
        await Assertions.Expect(page.Locator("#Password")).ToBeVisibleAsync();
    }

    private static async Task<WebApplication> WebsiteAsync(TurnstoneServer server)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder
            .Services.AddAuthentication(options =>
            {
                options.DefaultScheme = CookieAuthenticationDefaults.AuthenticationScheme;
                options.DefaultChallengeScheme = OpenIdConnectDefaults.AuthenticationScheme;
            })
            .AddCookie()
            .AddOpenIdConnect(options => Configure(options, server));
        var app = builder.Build();
        app.UseAuthentication();
        app.MapGet(
            "/",
            async context =>
            {
                if (context.User.Identity is not { IsAuthenticated: true })
                {
                    await context.ChallengeAsync();
                    return;
                }

                string?[] shown =
                [
                    context.User.FindFirstValue("sub"),
                    context.User.FindFirstValue("email"),
                    context.User.FindFirstValue("amr"),
                ];
                await context.Response.WriteAsync(string.Join(' ', shown));
            }
        );
        app.MapGet(
            "/sign-out",
            async context =>
            {
                await context.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme);
                await context.SignOutAsync(
                    OpenIdConnectDefaults.AuthenticationScheme,
                    new AuthenticationProperties { RedirectUri = "/signed-out" }
                );
            }
        );
        app.MapGet("/signed-out", () => "signed out");
        await app.StartAsync(TestContext.Current.CancellationToken);
        return app;
    }

    private static void Configure(OpenIdConnectOptions options, TurnstoneServer server)
    {
        options.Authority = Issuer;
        options.ClientId = Known.PublicClientId;
        options.CallbackPath = "/callback";
        options.ResponseType = "code";
        options.Scope.Add("email");
        options.MapInboundClaims = false;
        options.GetClaimsFromUserInfoEndpoint = true;
        options.Events.OnRemoteFailure = context =>
        {
            context.HandleResponse();
            return context.Response.WriteAsync($"refused: {context.Failure!.Data["error"]}");
        };

        // The server calls itself by its issuer's name and listens elsewhere. No cookie of this website is Secure,
        // because it has no TLS, and the server's page is of the same site.
        var here = server.BaseAddress.GetLeftPart(UriPartial.Authority);
        options.BackchannelHttpHandler = new Elsewhere(here);
        options.NonceCookie.SameSite = options.CorrelationCookie.SameSite = SameSiteMode.Lax;
        options.SaveTokens = true;
        options.Events.OnRedirectToIdentityProvider = options.Events.OnRedirectToIdentityProviderForSignOut = context =>
        {
            context.ProtocolMessage.IssuerAddress = context.ProtocolMessage.IssuerAddress.Replace(
                Issuer,
                here,
                StringComparison.Ordinal
            );
            return Task.CompletedTask;
        };
    }

    /// <summary>Fetches from where the server really is.</summary>
    private sealed class Elsewhere(string here) : DelegatingHandler(new SocketsHttpHandler())
    {
        protected override Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request,
            CancellationToken cancellationToken
        )
        {
            request.RequestUri = new Uri(
                request.RequestUri!.AbsoluteUri.Replace(Issuer, here, StringComparison.Ordinal)
            );
            return base.SendAsync(request, cancellationToken);
        }
    }
}
