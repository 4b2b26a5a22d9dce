using Turnstone.Server.Contracts;
using Turnstone.Server.Contracts.Common;
using Turnstone.Server.Guards;
using Turnstone.Server.Hosting;
using Turnstone.Server.Hosting.Logout;
using Turnstone.Server.Own;
using Turnstone.Server.Telemetry;

namespace Turnstone.Node;

/// <summary>What the small node is made of: the whole server's rooms without pages, letters and commands.</summary>
internal static class NodeComposition
{
    public static ServerPlan Plan { get; } = new(AllContracts.List, Services, Endpoints);

    private static void Services(IServiceCollection services) =>
        services
            .AddTelemetry()
            .AddGuards()
            .AddOwnSessions()
            .AddLogoutNotices()
            .AddUpkeep()
            .AddSingleton<IPreparationStep, LeftToWholeServers>()
            .AddLogging(logging => logging.AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Information));

    private static void Endpoints(WebApplication app)
    {
        app.UseStrictTransport();
        app.UseBoundary();
        app.UseForwardAuth();
        app.UseTrustedProxies();

        // Not before these, where the framework would put it.
        app.UseRouting();
        app.MapHealth();
        app.MapRevocationFeed();
        app.MapOwnSessions();
        app.MapContracts();
    }
}
