using Turnstone.Server.Hosting;
using Turnstone.Server.Settings;

namespace Turnstone.Server.Portal.Shell;

/// <summary>Marks a request for a page that did not come over https, where pages need it.</summary>
public sealed record PlainHttp;

/// <summary>
/// In Production the portal's cookies go over https only, so no page can work over http. Whether a request came over
/// https is known from the connection, or from a proxy that the settings name.
/// </summary>
public sealed class PagesNeedHttps(ServerSettings settings, TimeProvider time, ILogger<PagesNeedHttps> log)
{
    private readonly CountedLine notNamed = new();
    private readonly CountedLine noScheme = new();

    /// <summary>
    /// The status to answer instead of a page: 421 if the reader used http (RFC 9110 §15.5.20), 503 if the operator has
    /// to tell server or proxy about each other; null if nothing is wrong.
    /// </summary>
    public int? RefusalOf(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (!settings.Production || context.Request.IsHttps || context.Request.Path.StartsWithSegments(Assets.Root))
        {
            return null;
        }

        context.Features.Set(new PlainHttp());
        var headers = context.Request.Headers;
        if (headers.ContainsKey("X-Original-Proto"))
        {
            // A named proxy said that the reader used http.
            return StatusCodes.Status421MisdirectedRequest;
        }

        if (headers.ContainsKey("X-Original-For"))
        {
            if (noScheme.Due(time, out var count))
            {
                log.SchemeNotForwarded(count);
            }

            return StatusCodes.Status503ServiceUnavailable;
        }

        if (headers.ContainsKey("X-Forwarded-For") || headers.ContainsKey("X-Forwarded-Proto"))
        {
            if (notNamed.Due(time, out var count))
            {
                log.ProxyNotNamed($"{context.Connection.RemoteIpAddress}", count);
            }

            return StatusCodes.Status503ServiceUnavailable;
        }

        return StatusCodes.Status421MisdirectedRequest;
    }
}
