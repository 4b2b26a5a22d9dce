using System.Net.Http.Headers;
using System.Security.Claims;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Turnstone.AspNetCore;

namespace Turnstone.Server.Tests.Guards.Library;

/// <summary>An API of its own, guarded by the library, beside the server under test.</summary>
internal sealed class GuardedApi : IAsyncDisposable
{
    public const string Strong = "urn:turnstone:acr:two-factors";
    public const string ByPassword = "urn:turnstone:acr:password";

    private readonly WebApplication app;

    private GuardedApi(WebApplication app, IssuerRoad road)
    {
        (this.app, Road) = (app, road);
        var handler = new SocketsHttpHandler { RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8 };
        Http = new HttpClient(handler) { BaseAddress = new Uri(app.Urls.Single()) };
    }

    public IssuerRoad Road { get; }

    public HttpClient Http { get; }

    public IServiceProvider Services => app.Services;

    public Guard Guard => Services.GetRequiredService<Turnstone.AspNetCore.Guards>().Of("Turnstone");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <param name="server">The issuer.</param>
    /// <param name="configure">What the API sets; nothing but its clock unless given.</param>
    public static async Task<GuardedApi> StartAsync(TurnstoneServer server, Action<TurnstoneOptions>? configure = null)
    {
        var road = new IssuerRoad(server);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder
            .Services.AddAuthentication()
            .AddTurnstone(
                "https://id.example.test",
                options =>
                {
                    (options.Handler, options.Time) = (road, server.Time);
                    configure?.Invoke(options);
                }
            );
        builder
            .Services.AddAuthorizationBuilder()
            .AddPolicy("strong", policy => policy.RequireAcr(Strong))
            .AddPolicy("password", policy => policy.RequireAcr(ByPassword, Strong))
            .AddPolicy("recent", policy => policy.RequireRecentSignIn(TimeSpan.FromMinutes(5)));
        var app = builder.Build();
        app.MapGet("/open", () => "open");
        app.MapGet("/me", Who).RequireAuthorization();
        app.MapGet("/individuals", Who).RequireScope("individuals.read");
        app.MapGet("/both", Who).RequireScope("individuals.read", "individuals.write");
        app.MapGet("/strong", Who).RequireAuthorization("strong");
        app.MapGet("/password", Who).RequireAuthorization("password");
        app.MapGet("/recent", Who).RequireAuthorization("recent");
        await app.StartAsync(Cancel);
        return new(app, road);
    }

    /// <summary>One that follows the feed, and has heard of it.</summary>
    public static async Task<GuardedApi> FollowingAsync(
        TurnstoneServer server,
        Action<TurnstoneOptions>? configure = null
    )
    {
        await server.AddGuardAsync();
        var api = await StartAsync(
            server,
            options =>
            {
                (options.ClientId, options.ClientSecret) = (FeedCalls.GuardId, FeedCalls.GuardSecret);
                options.FollowsRevocations = true;
                configure?.Invoke(options);
            }
        );
        await api.UntilAsync(() => api.Guard.Feed.IsCurrent);
        return api;
    }

    /// <summary>Looks again whenever the feed says something.</summary>
    public async Task UntilAsync(Func<bool> so)
    {
        while (true)
        {
            var heard = Guard.Feed.Heard;
            if (so())
            {
                return;
            }

            await heard.WaitAsync(TimeSpan.FromSeconds(30), Cancel);
        }
    }

    public Task<HttpResponseMessage> GetAsync(
        string path,
        string? token,
        params (string Name, string Value)[] headers
    ) => SendAsync(path, token is null ? null : new AuthenticationHeaderValue("Bearer", token), headers);

    public async Task<HttpResponseMessage> SendAsync(
        string path,
        AuthenticationHeaderValue? authorization,
        params (string Name, string Value)[] headers
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = authorization;
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await Http.SendAsync(request, Cancel);
    }

    public async Task<int> StatusAsync(string path, string? token, params (string Name, string Value)[] headers)
    {
        using var answer = await GetAsync(path, token, headers);
        return (int)answer.StatusCode;
    }

    /// <summary>The status and the challenge.</summary>
    public async Task<(int Status, string Challenge)> ChallengeAsync(string path, string? token)
    {
        using var answer = await GetAsync(path, token);
        return ((int)answer.StatusCode, string.Join(' ', answer.Headers.WwwAuthenticate));
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await app.StopAsync(CancellationToken.None);
        await app.DisposeAsync();
    }

    private static string Who(ClaimsPrincipal caller) => caller.FindFirst("sub")?.Value ?? "nobody";
}
