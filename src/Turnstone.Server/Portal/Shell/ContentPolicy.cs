namespace Turnstone.Server.Portal.Shell;

/// <summary>
/// What a page may load, send to and be framed by: only what this server serves, and nobody. One a request, because a
/// consent's form leads on to the client's address, which a browser checks against the page's own policy.
/// </summary>
public sealed class ContentPolicy
{
    private string formTargets = "'self'";

    /// <summary>
    /// Lets forms of this page lead on to another origin, and from there to wherever it sends its visitors: a browser
    /// holds every redirect after a form against this page.
    /// </summary>
    public void AllowFormTo(Uri target)
    {
        ArgumentNullException.ThrowIfNull(target);

        // An origin that came out of a parser cannot end the directive. A scheme of an app's own has no origin: the
        // scheme stands for it.
        formTargets += target.Scheme switch
        {
            "https" => " https:",
            "http" => $" https: {target.GetLeftPart(UriPartial.Authority)}",
            var scheme => $" https: {scheme}:",
        };
    }

    public void WriteTo(IHeaderDictionary headers)
    {
        headers.ContentSecurityPolicy =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
            + $"form-action {formTargets}; frame-ancestors 'none'; base-uri 'none'";
        headers.XFrameOptions = "DENY";
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=()";

        // A page may show a key, and a browser's back button shows what it kept.
        headers.CacheControl = "no-store";
    }
}
