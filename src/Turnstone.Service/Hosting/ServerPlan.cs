using Turnstone.Server.Contracts.Common;

namespace Turnstone.Server.Hosting;

/// <summary>The contracts of a server, and its services and endpoints apart from the core.</summary>
public sealed record ServerPlan(
    ContractList Contracts,
    Action<IServiceCollection> Services,
    Action<WebApplication> Endpoints
);

/// <summary>The host's own middleware.</summary>
public static class HostServices
{
    /// <summary>Preparation and background tasks.</summary>
    public static IServiceCollection AddUpkeep(this IServiceCollection services) =>
        services
            .AddHostedService<Preparation>()
            .AddHostedService<Upkeep>()
            .AddHostedService<Drain>()
            .AddHostedService<IdleHeap>()
            .AddHostedService<ServiceManager>();

    public static void UseBoundary(this IApplicationBuilder app) => app.UseMiddleware<Boundary>();
}
