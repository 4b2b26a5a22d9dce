using System.Diagnostics.CodeAnalysis;

namespace Turnstone.Directory;

/// <summary>
/// Where a client may be answered: at the very texts it has registered (RFC 9700 §2.1). One thing may differ, the port
/// of a public client's loopback address, because a program on somebody's own machine takes whichever is free (RFC 8252
/// §7.3).
/// </summary>
public static class RedirectMatch
{
    private const int LongestPort = 5;

    // Not "localhost": a name can be made to point elsewhere (RFC 8252 §8.3). But programs that describe or register
    // themselves were written for other servers, and use it; of them the user is asked each time anyway.
    private static readonly string[] LoopbackOrigins = ["http://127.0.0.1", "http://[::1]"];
    private static readonly string[] StrangersOrigins = [.. LoopbackOrigins, "http://localhost"];

    /// <summary>Whether the client may be answered there.</summary>
    public static bool IsOf(Client client, string uri)
    {
        ArgumentNullException.ThrowIfNull(client);
        return IsUsable(uri)
            && client.RedirectUris.Any(registered =>
                registered == uri || (client.Public && DifferInPortAlone(client, registered, uri))
            );
    }

    /// <summary>Whether a page of that origin, as browsers write it, can be the client's.</summary>
    public static bool IsOriginOf(Client client, string origin)
    {
        ArgumentNullException.ThrowIfNull(client);
        return client.Origins.Contains(origin, StringComparer.Ordinal)
            || client.RedirectUris.Any(registered =>
                Uri.TryCreate(registered, UriKind.Absolute, out var uri)
                && uri.Scheme is ("http" or "https")
                && (
                    OriginOf(uri) == origin
                    || (client.Public && DifferInPortAlone(client, OriginOf(uri) + '/', origin + '/'))
                )
            );
    }

    /// <summary>
    /// Whether it is an origin as browsers write it, without a path and without the usual port, and one whose pages
    /// come encrypted or from the machine itself: what they read is tokens.
    /// </summary>
    public static bool IsOrigin(string text) =>
        RedirectUri.FlawOf(text, publicClient: false) is null
        && Uri.TryCreate(text, UriKind.Absolute, out var uri)
        && OriginOf(uri) == text;

    /// <summary>
    /// The one to answer at when a request names none: there is no choice but where the client has exactly one.
    /// </summary>
    public static bool TryOnly(Client client, [NotNullWhen(true)] out string? uri)
    {
        ArgumentNullException.ThrowIfNull(client);
        uri = client.RedirectUris.Count == 1 && IsUsable(client.RedirectUris[0]) ? client.RedirectUris[0] : null;
        return uri is not null;
    }

    /// <summary>
    /// Whether nobody but the client can be behind it. Any program of the same machine can listen at a loopback address
    /// or take a scheme of its own, so there a public client is only somebody who says so (RFC 8252 §8.6).
    /// </summary>
    public static bool Assures(Client client, string uri)
    {
        ArgumentNullException.ThrowIfNull(client);
        return !client.Public || uri.StartsWith("https://", StringComparison.OrdinalIgnoreCase);
    }

    private static string OriginOf(Uri uri) => uri.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped);

    // It becomes a header of ours and a rule of a page's policy, so it has to be one that neither can be broken with.
    private static bool IsUsable(string uri) =>
        uri.All(c => c is > ' ' and <= '~')
        && Uri.TryCreate(uri, UriKind.Absolute, out var parsed)
        && parsed.Fragment.Length == 0;

    private static bool DifferInPortAlone(Client client, string registered, string uri) =>
        Array.Exists(
            client.Source is null ? LoopbackOrigins : StrangersOrigins,
            origin =>
                TryAfterPort(registered, origin, out var wanted)
                && TryAfterPort(uri, origin, out var given)
                && wanted.SequenceEqual(given)
        );

    /// <summary>
    /// What follows the origin and its port; what follows must end the authority, so that no other host hides in it.
    /// </summary>
    private static bool TryAfterPort(string uri, string origin, out ReadOnlySpan<char> rest)
    {
        rest = default;
        if (!uri.StartsWith(origin, StringComparison.Ordinal))
        {
            return false;
        }

        rest = uri.AsSpan(origin.Length);
        if (rest is [':', ..])
        {
            var port = rest[1..];
            var length = port.IndexOfAnyExceptInRange('0', '9') is var end and >= 0 ? end : port.Length;
            if (length is 0 or > LongestPort || !ushort.TryParse(port[..length], out _))
            {
                return false;
            }

            rest = port[length..];
        }

        return rest is [] or ['/', ..] or ['?', ..];
    }
}
