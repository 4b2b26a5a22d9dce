using Turnstone.Server.Accounts;
using Turnstone.Server.Settings;

namespace Turnstone.Server.Hosting;

/// <summary>What a server is made of, beside the core: its services and its endpoints.</summary>
public sealed record ServerPlan(
    Action<IServiceCollection> Services,
    Action<WebApplication, TurnstoneSettings> Endpoints
);

/// <summary>The host's own rooms.</summary>
public static class HostServices
{
    /// <summary>The accounts as ASP.NET Core Identity sees them.</summary>
    public static IServiceCollection AddIdentity(this IServiceCollection services)
    {
        services.AddAccounts();
        return services;
    }

    /// <summary>What is done before the first request, and what goes on beside them.</summary>
    public static IServiceCollection AddUpkeep(this IServiceCollection services) =>
        services.AddHostedService<Preparation>().AddHostedService<Upkeep>().AddHostedService<Drain>();

    public static void UseBoundary(this IApplicationBuilder app) => app.UseMiddleware<Boundary>();
}
