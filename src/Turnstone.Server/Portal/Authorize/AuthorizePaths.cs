namespace Turnstone.Server.Portal.Authorize;

/// <summary>Where other programs send their users to be asked; one page answers at both.</summary>
public static class AuthorizePaths
{
    public const string OAuth2 = "/oauth2/authorize";
    public const string OAuthV1 = "/v1/oauth/authorize";

    /// <summary>
    /// Whether it leads to the page: the routing takes a slash at the end, and so does this, or the page would go out
    /// without its headers.
    /// </summary>
    public static bool Has(PathString path) =>
        path.Value?.TrimEnd('/') is { } bare
        && (
            bare.Equals(OAuth2, StringComparison.OrdinalIgnoreCase)
            || bare.Equals(OAuthV1, StringComparison.OrdinalIgnoreCase)
        );
}
