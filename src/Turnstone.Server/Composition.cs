using Turnstone.Server.Accounts;
using Turnstone.Server.Contracts;
using Turnstone.Server.Contracts.Common;
using Turnstone.Server.Guards;
using Turnstone.Server.Hosting;
using Turnstone.Server.Operations.Demo;
using Turnstone.Server.Operations.Provisioning;
using Turnstone.Server.Own;
using Turnstone.Server.Portal;
using Turnstone.Server.Reference;
using Turnstone.Server.Telemetry;

namespace Turnstone.Server;

/// <summary>What the server is made of, a line a room. The commands that run it are in Operations.</summary>
public static class Composition
{
    public static ServerPlan Plan { get; } = new(AllContracts.List, Services, Endpoints);

    private static void Services(IServiceCollection services) =>
        services
            .AddTelemetry()
            .AddIdentity()
            .AddPortal()
            .AddGuards()
            .AddOwnSessions()
            .AddUpkeep()
            .AddProvisioning()
            .AddDemo()
            .AddContractDocuments(AllContracts.List)
            .AddReference();

    private static void Endpoints(WebApplication app)
    {
        app.UseStrictTransport();
        app.UseBoundary();
        app.UseForwardAuth();
        app.UseTrustedProxies();
        app.UsePortal();
        app.MapHealth();
        app.MapForwardAuth();
        app.MapRevocationFeed();
        app.MapOwnSessions();
        app.MapContracts();
        app.MapPortal();
        app.MapReference();
    }
}
