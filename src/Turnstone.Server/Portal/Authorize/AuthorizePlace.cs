using Turnstone.Authorization;

namespace Turnstone.Server.Portal.Authorize;

/// <summary>
/// A contract with an authorization endpoint: its path and rules. The page knows no contract; it finds these on its
/// route.
/// </summary>
public sealed record AuthorizePlace(string Path, AuthorizationRules Rules);

internal static class AuthorizeRoutes
{
    private const string Page = "/Authorize/Index";

    public static IMvcBuilder AddAuthorizeRoutes(this IMvcBuilder builder) =>
        builder.AddRazorPagesOptions(options => options.Conventions.AddPageRoute(Page, AuthorizePaths.OAuthV1));

    public static void WithAuthorize(this PageActionEndpointConventionBuilder pages, AuthorizePlace[] places) =>
        pages.Add(endpoint =>
        {
            if (
                endpoint is RouteEndpointBuilder route
                && Array.Find(places, place => place.Path == "/" + route.RoutePattern.RawText?.TrimStart('/'))
                    is { } place
            )
            {
                route.Metadata.Add(place.Rules);

                // A HEAD would be handled like a GET and use up a code.
                route.Metadata.Add(new HttpMethodMetadata([HttpMethods.Get, HttpMethods.Post]));
            }
        });
}
