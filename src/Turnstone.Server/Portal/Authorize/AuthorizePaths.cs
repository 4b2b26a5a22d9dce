namespace Turnstone.Server.Portal.Authorize;

/// <summary>The authorization endpoints of the contracts; one page serves both.</summary>
public static class AuthorizePaths
{
    public const string OAuth2 = "/oauth2/authorize";
    public const string OAuthV1 = "/v1/oauth/authorize";

    /// <summary>
    /// Whether the path belongs to the page. Routing accepts a trailing slash, so this does too; otherwise the page
    /// would lack its headers.
    /// </summary>
    public static bool Has(PathString path) =>
        path.Value?.TrimEnd('/') is { } bare
        && (
            bare.Equals(OAuth2, StringComparison.OrdinalIgnoreCase)
            || bare.Equals(OAuthV1, StringComparison.OrdinalIgnoreCase)
        );
}
