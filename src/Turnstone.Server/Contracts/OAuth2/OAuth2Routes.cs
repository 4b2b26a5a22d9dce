using Turnstone.Server.Contracts.Common;
using Turnstone.Sessions;

namespace Turnstone.Server.Contracts.OAuth2;

/// <summary>
/// The standards under <c>/oauth2</c>: the token and revocation endpoints (RFC 6749, 7009), the keys (RFC 7517) and the
/// documents by which stock clients find them (RFC 8414). This folder owns <c>/oauth2</c> and its names under
/// <c>/.well-known</c>.
/// </summary>
public static class OAuth2Routes
{
    public const string Family = "oauth2";

    /// <param name="endpoints">The application.</param>
    /// <param name="terms">The contract's terms; the family is set here, and RFC 9068's type of token.</param>
    public static IEndpointRouteBuilder MapOAuth2(this IEndpointRouteBuilder endpoints, Terms terms)
    {
        var own = terms with { Contract = Family, TokenType = "at+jwt" };
        var routes = new ContractRoutes(endpoints, "/oauth2", OAuthError.Of, Misdirected);
        routes.Map("POST", "/token", routes.Make<Token>(own).AnswerAsync).DescribeToken();
        routes.Map("POST", "/revoke", routes.Make<Revoke>().AnswerAsync).DescribeRevoke();

        MapPublished(endpoints, "/.well-known/jwks.json", routes.Make<Keys>().Answer).DescribeKeys();
        var discovery = routes.Make<Discovery>();
        MapPublished(endpoints, "/.well-known/oauth-authorization-server", discovery.Answer)
            .DescribeDiscovery("oauth-authorization-server");
        MapPublished(endpoints, "/.well-known/openid-configuration", discovery.Answer)
            .DescribeDiscovery("openid-configuration");
        return endpoints;
    }

    // A prefix for each document: /.well-known belongs to others too.
    private static IEndpointConventionBuilder MapPublished(
        IEndpointRouteBuilder endpoints,
        string path,
        Func<HttpContext, IResult> answer
    ) => new ContractRoutes(endpoints, path, OAuthError.Of, Misdirected).Map("GET", "", answer);

    private static JsonAnswer Misdirected(int status, string sentence) =>
        OAuthError.Of(status, OAuthError.InvalidRequest, sentence);
}
