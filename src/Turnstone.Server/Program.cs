using Turnstone.Server.Accounts;
using Turnstone.Server.Hosting;
using Turnstone.Server.Operations;
using Turnstone.Server.Operations.Demo;
using Turnstone.Server.Operations.Provisioning;
using Turnstone.Server.Telemetry;

// What the server is made of, a line a room. The commands that run it are in Operations.
return await Commands.RunAsync(args, new ServerPlan(Services, Endpoints));

static void Services(IServiceCollection services) => services
    .AddTelemetry()
    .AddIdentity()
    .AddUpkeep()
    .AddProvisioning()
    .AddDemo();

static void Endpoints(WebApplication app)
{
    app.UseBoundary();
    app.UseTrustedProxies();
    app.MapHealth();
}
