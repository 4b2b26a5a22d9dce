using System.Net;
using Duende.IdentityModel.OidcClient;
using Duende.IdentityModel.OidcClient.Browser;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenIddict.Client;
using OpenIddict.Client.AspNetCore;
using Turnstone.Server.Tests.Portal.Authorize;
using Turnstone.Testing;

namespace Turnstone.Server.Tests.Portal.OpenId;

/// <summary>
/// Programs on client libraries of .NET that other people wrote, with their defaults: a native program on Duende's
/// OidcClient, a website on OpenIddict's client.
/// </summary>
public sealed class StockDotnetClientsTests
{
    private readonly string issuer = $"http://127.0.0.1:{PostgresServer.FreePort()}";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_native_program_on_OidcClient_signs_in_refreshes_and_asks_who_it_is()
    {
        await using var server = await StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        var client = new OidcClient(
            new OidcClientOptions
            {
                Authority = issuer,
                ClientId = Known.PublicClientId,
                Scope = "openid email offline_access",
                RedirectUri = "http://127.0.0.1:61023/callback",
                Browser = new Deciding(visitor),
            }
        );

        var signedIn = await client.LoginAsync(new LoginRequest(), Cancel);
        Assert.False(signedIn.IsError, $"{signedIn.Error} {signedIn.ErrorDescription}");
        Assert.Equal($"{await server.IdAsync()}", signedIn.User.FindFirst("sub")?.Value);
        Assert.Equal(Known.Email, signedIn.User.FindFirst("email")?.Value);

        var refreshed = await client.RefreshTokenAsync(signedIn.RefreshToken, cancellationToken: Cancel);
        Assert.False(refreshed.IsError, refreshed.Error);
        var info = await client.GetUserInfoAsync(refreshed.AccessToken, Cancel);
        Assert.Contains(info.Claims, claim => claim is { Type: "email", Value: Known.Email });
    }

    [Fact]
    public async Task A_website_on_OpenIddict_signs_somebody_in()
    {
        await using var server = await StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        await using var website = await WebsiteAsync();
        using var browser = new HttpClient(
            new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() }
        )
        {
            BaseAddress = new Uri(website.Urls.Single()),
        };

        using var begun = await browser.GetAsync(new Uri("/", UriKind.Relative), Cancel);
        using var answer = await visitor.AllowAsync(begun.Headers.Location!);
        using var back = await browser.GetAsync(answer.Headers.Location, Cancel);
        var told = await back.Content.ReadAsStringAsync(Cancel);

        Assert.Equal($"{await server.IdAsync()} {Known.Email}", told);
    }

    // The libraries read their own clocks, and go where the metadata say.
    private Task<TurnstoneServer> StartAsync() =>
        PortalServer.StartAsync(
            [$"urls={issuer}", $"Turnstone:Issuer={issuer}"],
            start: TimeProvider.System.GetUtcNow()
        );

    private async Task<WebApplication> WebsiteAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder
            .Services.AddOpenIddict()
            .AddClient(options =>
            {
                options.AllowAuthorizationCodeFlow().DisableTokenStorage();
                options.AddEphemeralEncryptionKey().AddEphemeralSigningKey();
                options.UseAspNetCore().EnableRedirectionEndpointPassthrough().DisableTransportSecurityRequirement()
                    .Configure(asp => asp.CookieBuilder.SecurePolicy = CookieSecurePolicy.SameAsRequest);
                options.UseSystemNetHttp();
                options.AddRegistration(
                    new OpenIddictClientRegistration
                    {
                        Issuer = new Uri(issuer),
                        ClientId = Known.PublicClientId,
                        RedirectUri = new Uri("callback", UriKind.Relative),
                        Scopes = { "openid", "email" },
                    }
                );
            });
        var app = builder.Build();
        app.UseAuthentication();
        app.MapGet(
            "/",
            () => Results.Challenge(authenticationSchemes: [OpenIddictClientAspNetCoreDefaults.AuthenticationScheme])
        );
        app.MapGet(
            "/callback",
            async context =>
            {
                var result = await context.AuthenticateAsync(OpenIddictClientAspNetCoreDefaults.AuthenticationScheme);
                var person = result.Principal;
                await context.Response.WriteAsync(
                    $"{person?.FindFirst("sub")?.Value} {person?.FindFirst("email")?.Value}"
                );
            }
        );
        await app.StartAsync(Cancel);
        return app;
    }

    // The person, who is signed in already and says yes.
    private sealed class Deciding(Visitor visitor) : IBrowser
    {
        public async Task<BrowserResult> InvokeAsync(
            BrowserOptions options,
            CancellationToken cancellationToken = default
        )
        {
            using var answer = await visitor.AllowAsync(new Uri(options.StartUrl));
            return new() { ResultType = BrowserResultType.Success, Response = answer.Headers.Location!.OriginalString };
        }
    }
}

internal static class Allowing
{
    /// <summary>Says yes, wherever a pushed request leads first.</summary>
    public static async Task<HttpResponseMessage> AllowAsync(this Visitor visitor, Uri question)
    {
        using var asked = await visitor.GetAsync(question.PathAndQuery);
        var path =
            asked.StatusCode is HttpStatusCode.Redirect
                ? asked.Headers.Location!.OriginalString
                : question.PathAndQuery;
        return await visitor.DecideAsync(path);
    }
}
