namespace Turnstone.Server.Portal.Shell;

/// <summary>
/// The portal's cookies. In Production each is a <c>__Host-</c> cookie: Secure, for this host alone and for all of its
/// paths, so that no neighbouring host can set one. In Development the server speaks plain http, where a browser takes
/// none of those.
/// </summary>
internal static class PortalCookies
{
    /// <summary>What a reader has chosen, no secret: the page's script reads and writes the zone.</summary>
    public const string Language = "turnstone-language";

    public const string Zone = "turnstone-zone";

    public static void Name(CookieBuilder cookie, string name, bool production)
    {
        cookie.Name = production ? $"__Host-turnstone-{name}" : $"turnstone-{name}";
        cookie.SecurePolicy = production ? CookieSecurePolicy.Always : CookieSecurePolicy.SameAsRequest;
        cookie.SameSite = SameSiteMode.Lax;
        cookie.HttpOnly = true;
        cookie.Path = "/";
    }
}
