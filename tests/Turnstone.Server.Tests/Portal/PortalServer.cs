using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Turnstone.Server.Accounts;
using Turnstone.Server.Contracts.Common;
using Turnstone.Server.Guards;
using Turnstone.Server.Hosting;
using Turnstone.Server.Own;
using Turnstone.Server.Portal;
using Turnstone.Server.Portal.Shell;
using Turnstone.Server.Tests.Contracts;

namespace Turnstone.Server.Tests.Portal;

/// <summary>
/// The portal and every contract on a real server, with the customers of <see cref="Known"/>; put together in the order
/// of Program.
/// </summary>
internal static class PortalServer
{
    public static Task<TurnstoneServer> StartAsync(
        IEnumerable<string>? settings = null,
        Action<IServiceCollection>? services = null,
        TurnstoneServer? beside = null,
        Action<WebApplication>? rooms = null,
        ContractList? contracts = null,
        DateTimeOffset? start = null
    ) =>
        TurnstoneServer.StartAsync(
            endpoints =>
            {
                var app = (WebApplication)endpoints;
                app.UseAxe();
                app.UseForwardAuth();
                app.UseTrustedProxies();
                app.UsePortal();
                app.MapForwardAuth();
                app.MapRevocationFeed();
                app.MapOwnSessions();
                AllContracts.MapAll(app);
                app.MapPortal();
                rooms?.Invoke(app);
            },
            settings,
            all =>
            {
                all.AddIdentity().AddPortal().AddGuards().AddOwnSessions();
                services?.Invoke(all);
            },
            beside,
            contracts,
            start
        );

    /// <summary>Every route, also those of the pages, which no server has before one of them is asked for.</summary>
    public static IEnumerable<RouteEndpoint> Routes(this TurnstoneServer server)
    {
        server.Services.GetRequiredService<PortalPages>().Map();
        return server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>();
    }
}
