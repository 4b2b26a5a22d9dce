namespace Turnstone.Model;

/// <summary>
/// The scopes about a person who signs in (OpenID Connect Core §5.4, §11). A program that acts for itself has none of
/// them, and neither has an API key.
/// </summary>
public static class IdentityScopes
{
    public const string OpenId = "openid";
    public const string Profile = "profile";
    public const string Email = "email";
    public const string OfflineAccess = "offline_access";

    public static Scopes All { get; } = Scopes.Of([OpenId, Profile, Email, OfflineAccess]);
}
