using Turnstone.Server.Contracts.AuthV1;
using Turnstone.Server.Contracts.AuthV2;
using Turnstone.Server.Contracts.OAuth2;
using Turnstone.Server.Contracts.OAuthV1;
using Turnstone.Server.Contracts.SessionV3;
using Turnstone.Server.Hosting;
using Turnstone.Server.Operations;
using Turnstone.Server.Operations.Demo;
using Turnstone.Server.Operations.Provisioning;
using Turnstone.Server.Portal;
using Turnstone.Server.Portal.Authorize;
using Turnstone.Server.Reference;
using Turnstone.Server.Settings;
using Turnstone.Server.Telemetry;

// What the server is made of, a line a room. The commands that run it are in Operations.
return await Commands.RunAsync(args, new ServerPlan(Services, Endpoints));

static void Services(IServiceCollection services) =>
    services
        .AddTelemetry()
        .AddIdentity()
        .AddPortal()
        .AddUpkeep()
        .AddProvisioning()
        .AddDemo()
        .AddAuthV1OpenApi()
        .AddAuthV2OpenApi()
        .AddOAuthV1OpenApi()
        .AddSessionV3OpenApi()
        .AddOAuth2OpenApi()
        .AddReference(
            (AuthV2OpenApi.Document, "/auth/v2"),
            (AuthV1OpenApi.Document, "/auth/v1 (deprecated)"),
            (OAuthV1OpenApi.Document, "/v1/oauth"),
            (SessionV3OpenApi.Document, "/v3"),
            (OAuth2OpenApi.Document, "/oauth2")
        );

static void Endpoints(WebApplication app, TurnstoneSettings settings)
{
    var contracts = settings.Contracts;
    app.UseBoundary();
    app.UseTrustedProxies();
    app.UsePortal();
    app.MapHealth();
    app.MapAuthV1(
        contracts.AuthV1.ToTerms("auth"),
        new Succession(
            contracts.AuthV1.Deprecated,
            contracts.AuthV1.Sunset,
            $"{settings.Issuer}/reference/index.html?urls.primaryName=%2Fauth%2Fv2"
        )
    );
    app.MapAuthV2(contracts.AuthV2.ToTerms("auth"));
    app.MapOAuthV1(contracts.OAuthV1.ToTerms(OAuthV1Routes.Family));
    app.MapSessionV3(contracts.SessionV3.ToTerms(SessionV3Routes.Family, sliding: false));
    app.MapOAuth2(contracts.OAuth2.ToTerms(OAuth2Routes.Family, tokenType: "at+jwt"));
    app.MapPortal(
        new AuthorizePlace(AuthorizePaths.OAuth2, new(OAuth2Routes.Family, CodeLife: TimeSpan.FromSeconds(60))),
        new AuthorizePlace(
            AuthorizePaths.OAuthV1,
            new(OAuthV1Routes.Family, CodeLife: TimeSpan.FromMinutes(5))
            {
                Commas = true,
                TokenTypes = OAuthV1Routes.Types,
            }
        )
    );
    app.MapReference();
}
