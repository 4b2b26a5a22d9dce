using Turnstone.Server.Accounts;
using Turnstone.Server.Settings;

namespace Turnstone.Server.Hosting;

/// <summary>The services and endpoints of a server, apart from the core.</summary>
public sealed record ServerPlan(
    Action<IServiceCollection> Services,
    Action<WebApplication, TurnstoneSettings> Endpoints
);

/// <summary>The host's own middleware.</summary>
public static class HostServices
{
    /// <summary>ASP.NET Core Identity on the core's accounts.</summary>
    public static IServiceCollection AddIdentity(this IServiceCollection services)
    {
        services.AddAccounts();
        return services;
    }

    /// <summary>Preparation and background tasks.</summary>
    public static IServiceCollection AddUpkeep(this IServiceCollection services) =>
        services.AddHostedService<Preparation>().AddHostedService<Upkeep>().AddHostedService<Drain>();

    public static void UseBoundary(this IApplicationBuilder app) => app.UseMiddleware<Boundary>();
}
