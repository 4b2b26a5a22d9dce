using System.Net;
using Turnstone.Limits;
using Turnstone.Model;
using Turnstone.Server.Hosting;

namespace Turnstone.Server.Guards;

/// <summary>
/// The request of a client that a proxy asks about. What the proxy says of it counts only from a proxy that the
/// settings name: anybody else could say what he likes.
/// </summary>
internal sealed class ForwardedCall
{
    private ForwardedCall(Caller caller, string? method, Uri? url) => (Caller, Method, Url) = (caller, method, url);

    /// <summary>The client, as far as the proxies in between are named.</summary>
    public Caller Caller { get; }

    /// <summary>Null where no named proxy says so.</summary>
    public string? Method { get; }

    /// <summary>The address that the client has asked for; null where no named proxy says so.</summary>
    public Uri? Url { get; }

    public string Network => NetworkPrefix.Of(Caller.Network);

    /// <summary>As Traefik and Caddy say it; the other proxies are configured to.</summary>
    public static ForwardedCall Of(HttpContext context, TrustedProxies proxies)
    {
        var headers = context.Request.Headers;
        return Read(context, proxies, One(headers, "X-Forwarded-Method"), One(headers, "X-Forwarded-Uri"));
    }

    /// <summary>As Envoy says it: the request itself, at a path that begins with a prefix.</summary>
    public static ForwardedCall Of(HttpContext context, TrustedProxies proxies, string target) =>
        Read(context, proxies, context.Request.Method, target);

    private static ForwardedCall Read(HttpContext context, TrustedProxies proxies, string? method, string? target)
    {
        var headers = context.Request.Headers;
        var agent = headers.UserAgent.ToString();
        if (context.Connection.RemoteIpAddress is not { } peer || !proxies.Contains(peer))
        {
            return new(Caller.Of(context.Connection.RemoteIpAddress?.ToString(), agent), null, null);
        }

        var (scheme, host) = (One(headers, "X-Forwarded-Proto"), One(headers, "X-Forwarded-Host"));
        host ??= One(headers, "Host");
        var url =
            scheme is "http" or "https"
            && host is not null
            && target is ['/', ..]
            && Uri.TryCreate($"{scheme}://{host}{target}", UriKind.Absolute, out var said)
            && said.UserInfo.Length == 0
                ? said
                : null;
        return new(Caller.Of(ClientOf(headers["X-Forwarded-For"].ToString(), peer, proxies), agent), method, url);
    }

    // The last one that is not a proxy of ours: what stands before it is what that one says.
    private static string ClientOf(string chain, IPAddress peer, TrustedProxies proxies)
    {
        var last = peer;
        foreach (var text in chain.Split(',', StringSplitOptions.TrimEntries).Reverse())
        {
            if (!IPEndPoint.TryParse(text, out var named))
            {
                break;
            }

            last = named.Address;
            if (!proxies.Contains(last))
            {
                break;
            }
        }

        return last.ToString();
    }

    private static string? One(IHeaderDictionary headers, string name) =>
        headers[name] is [{ Length: > 0 } only] ? only : null;
}
