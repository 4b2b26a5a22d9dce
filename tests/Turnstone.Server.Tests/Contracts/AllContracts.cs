using Microsoft.AspNetCore.Routing;
using Turnstone.Server.Contracts.AuthV1;
using Turnstone.Server.Contracts.AuthV2;
using Turnstone.Server.Contracts.OAuth2;
using Turnstone.Server.Contracts.OAuthV1;
using Turnstone.Server.Contracts.SessionV3;

namespace Turnstone.Server.Tests.Contracts;

/// <summary>Every contract on its default terms, for tests that are not about one of them.</summary>
internal static class AllContracts
{
    public static void MapAll(IEndpointRouteBuilder endpoints)
    {
        var settings = TurnstoneServer.Contracts;
        endpoints.MapAuthV1(
            settings.AuthV1.ToTerms("auth"),
            new Succession(settings.AuthV1.Deprecated, settings.AuthV1.Sunset, "/reference")
        );
        endpoints.MapAuthV2(settings.AuthV2.ToTerms("auth"));
        endpoints.MapOAuthV1(settings.OAuthV1.ToTerms(OAuthV1Routes.Family));
        endpoints.MapSessionV3(settings.SessionV3.ToTerms(SessionV3Routes.Family, sliding: false));
        endpoints.MapOAuth2(settings.OAuth2.ToTerms(OAuth2Routes.Family, tokenType: "at+jwt"));
    }
}
