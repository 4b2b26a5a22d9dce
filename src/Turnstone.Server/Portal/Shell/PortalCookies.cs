namespace Turnstone.Server.Portal.Shell;

/// <summary>
/// The portal's cookies. In Production each is a <c>__Host-</c> cookie: Secure, for this host and all paths, so no
/// neighbouring host can set it. Browsers do not accept those over plain http, so Development does not use them.
/// </summary>
internal static class PortalCookies
{
    /// <summary>The reader's choices, no secrets: the page's script reads and writes the zone.</summary>
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
