using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Turnstone.AspNetCore;

namespace Turnstone.Nodes.Guards;

/// <summary>The guard of an API (Turnstone.AspNetCore), asked as ASP.NET Core asks it, without a connection.</summary>
internal sealed class GuardOfApi : IAsyncDisposable
{
    public const string ClientId = "guards";
    public const string Secret = "a client secret for the guards";

    private readonly ServiceProvider services;
    private readonly List<IHostedService> running;

    private GuardOfApi(ServiceProvider services) =>
        (this.services, running) = (services, [.. services.GetServices<IHostedService>()]);

    /// <param name="issuer">The issuer's name.</param>
    /// <param name="road">How it is reached.</param>
    public static async Task<GuardOfApi> StartAsync(string issuer, HttpMessageHandler road)
    {
        var all = new ServiceCollection().AddLogging();
        all.AddAuthentication()
            .AddTurnstone(
                issuer,
                options =>
                {
                    (options.ClientId, options.ClientSecret) = (ClientId, Secret);
                    (options.FollowsRevocations, options.Handler) = (true, road);
                    (options.KeepServing, options.ThenWithoutFeed) = (
                        TimeSpan.FromMinutes(5),
                        WhenFeedIsAway.Refuse
                    );
                }
            );
        var guard = new GuardOfApi(all.BuildServiceProvider());
        foreach (var service in guard.running)
        {
            await service.StartAsync(CancellationToken.None);
        }

        return guard;
    }

    public async Task<bool> TakesAsync(string token)
    {
        using var scope = services.CreateScope();
        var context = new DefaultHttpContext { RequestServices = scope.ServiceProvider };
        context.Request.Headers.Authorization = $"Bearer {token}";
        return (await context.AuthenticateAsync(TurnstoneAuthentication.DefaultScheme)).Succeeded;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var service in running)
        {
            await service.StopAsync(CancellationToken.None);
        }

        await services.DisposeAsync();
    }
}
