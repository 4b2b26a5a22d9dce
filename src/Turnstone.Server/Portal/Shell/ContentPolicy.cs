namespace Turnstone.Server.Portal.Shell;

/// <summary>
/// The Content-Security-Policy of a page: everything from this server, no framing. One per request, because a consent
/// form may continue to the client's origin.
/// </summary>
public sealed class ContentPolicy
{
    private string formTargets = "'self'";
    private string callTargets = "'self'";

    /// <summary>
    /// Allows forms of this page to continue to another origin and to wherever that redirects: browsers apply the
    /// policy to every redirect after a form.
    /// </summary>
    public void AllowFormTo(Uri target)
    {
        ArgumentNullException.ThrowIfNull(target);

        // A parsed origin cannot contain a separator. An app's own scheme has no origin, so the scheme is used.
        formTargets += target.Scheme switch
        {
            "https" => " https:",
            "http" => $" https: {target.GetLeftPart(UriPartial.Authority)}",
            var scheme => $" https: {scheme}:",
        };
    }

    /// <summary>Allows scripts of this page to call another server, as an origin.</summary>
    public void AllowCallsTo(string origin)
    {
        ArgumentNullException.ThrowIfNull(origin);
        callTargets += $" {origin}";
    }

    public void WriteTo(IHeaderDictionary headers)
    {
        headers.ContentSecurityPolicy =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src "
            + $"{callTargets}; form-action {formTargets}; frame-ancestors 'none'; base-uri 'none'";
        headers.XFrameOptions = "DENY";
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=()";

        // A page may show a key, and the back button would show a cached page.
        headers.CacheControl = "no-store";
    }
}
