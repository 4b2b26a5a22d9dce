using Turnstone.Server.Accounts;
using Turnstone.Server.Dialects.AuthV1;
using Turnstone.Server.Dialects.AuthV2;
using Turnstone.Server.Dialects.OAuth2;
using Turnstone.Server.Dialects.OAuthV1;
using Turnstone.Server.Dialects.SessionV3;
using Turnstone.Server.Hosting;
using Turnstone.Server.Operations;
using Turnstone.Server.Operations.Demo;
using Turnstone.Server.Operations.Provisioning;
using Turnstone.Server.Reference;
using Turnstone.Server.Settings;
using Turnstone.Server.Telemetry;

// What the server is made of, a line a room. The commands that run it are in Operations.
return await Commands.RunAsync(args, new ServerPlan(Services, Endpoints));

static void Services(IServiceCollection services) => services
    .AddTelemetry()
    .AddIdentity()
    .AddUpkeep()
    .AddProvisioning()
    .AddDemo()
    .AddOAuthV1OpenApi()
    .AddSessionV3OpenApi()
    .AddOAuth2OpenApi();

static void Endpoints(WebApplication app)
{
    var contracts = app.Services.GetRequiredService<ContractsSettings>();
    app.UseBoundary();
    app.UseTrustedProxies();
    app.MapHealth();
    app.MapAuthV1(contracts.AuthV1.ToTerms(AuthFamily), new Succession(contracts.AuthV1.Deprecated, contracts.AuthV1.Sunset, "/reference?urls.primaryName=%2Fauth%2Fv2"));
    app.MapAuthV2(contracts.AuthV2.ToTerms(AuthFamily));
    app.MapOAuthV1(contracts.OAuthV1.ToTerms(OAuthV1Routes.Family));
    app.MapSessionV3(contracts.SessionV3.ToTerms(SessionV3Routes.Family, sliding: false));
    app.MapOAuth2(contracts.OAuth2.ToTerms(OAuth2Routes.Family, tokenType: "at+jwt"));
    app.MapReference(("oauth-v1", "/v1/oauth"), ("session-v3", "/v3"), ("oauth2", "/oauth2"));
}

/// <summary>The table of contents.</summary>
internal static partial class Program
{
    // One family for both editions, so that a session goes on when its client moves from one to the other (docs/adr/0001).
    internal const string AuthFamily = "auth";
}
