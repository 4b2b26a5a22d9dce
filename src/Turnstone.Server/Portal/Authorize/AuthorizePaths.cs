namespace Turnstone.Server.Portal.Authorize;

/// <summary>Where other programs send their users to be asked; one page answers at both.</summary>
public static class AuthorizePaths
{
    public const string OAuth2 = "/oauth2/authorize";
    public const string OAuthV1 = "/v1/oauth/authorize";

    public static bool Has(PathString path) => path == OAuth2 || path == OAuthV1;
}
