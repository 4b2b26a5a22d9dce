namespace Turnstone.Directory;

/// <summary>What is wrong with an address that a client wants to be redirected to.</summary>
public enum RedirectUriFlaw
{
    /// <summary>No whole URI of printable ASCII: no scheme, no host, a space, a backslash.</summary>
    NotAbsolute,

    TooLong,

    /// <summary>http, and not to the machine itself.</summary>
    NotEncrypted,

    /// <summary>
    /// A scheme of an app's own that is not the reversed domain of its maker, or one at a client that is not public.
    /// </summary>
    Scheme,

    Fragment,

    UserInfo,

    Wildcard,
}

/// <summary>
/// Where a client may be redirected to. The address is compared byte for byte (RFC 9700 §2.1), so it is registered
/// whole; what comes to it is a code, so it is encrypted on the way, or does not leave the machine (RFC 8252 §7.3), or
/// is a scheme that an app has claimed (§7.1).
/// </summary>
public static class RedirectUri
{
    public const int Longest = 2000;

    /// <summary>How many one client may have.</summary>
    public const int Most = 20;

    /// <summary>What is wrong with it; null when it may be registered.</summary>
    public static RedirectUriFlaw? FlawOf(string text, bool publicClient)
    {
        ArgumentNullException.ThrowIfNull(text);
        // A backslash is a slash to some parsers and none to others, and that is how an address of one host becomes one
        // of another.
        return text.Length > Longest ? RedirectUriFlaw.TooLong
            : !text.All(c => c is > ' ' and <= '~' and not '\\') ? RedirectUriFlaw.NotAbsolute
            : text.Contains('*', StringComparison.Ordinal) ? RedirectUriFlaw.Wildcard
            : text.Contains('#', StringComparison.Ordinal) ? RedirectUriFlaw.Fragment
            : !HasScheme(text) || !Uri.TryCreate(text, UriKind.Absolute, out var uri) ? RedirectUriFlaw.NotAbsolute
            : Authority(text).Contains('@') ? RedirectUriFlaw.UserInfo
            : FlawOfScheme(uri, publicClient);
    }

    private static RedirectUriFlaw? FlawOfScheme(Uri uri, bool publicClient) =>
        uri.Scheme switch
        {
            "https" => uri.Host.Length > 0 ? null : RedirectUriFlaw.NotAbsolute,
            "http" => uri.Host is "127.0.0.1" or "[::1]" or "localhost" ? null : RedirectUriFlaw.NotEncrypted,
            _ => publicClient && IsClaimed(uri.Scheme) ? null : RedirectUriFlaw.Scheme,
        };

    /// <summary>
    /// Whether it names the machine by a name that another resolver may answer: the address itself is better (RFC 8252
    /// §8.3).
    /// </summary>
    public static bool NamesLocalhost(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri is { Scheme: "http", Host: "localhost" };

    // A path alone is taken for a file's by a parser on Unix.
    private static bool HasScheme(string text) =>
        text.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon
        && text.AsSpan(0, colon).IndexOfAny('/', '?', '#') < 0;

    private static bool IsClaimed(string scheme) =>
        scheme.Contains('.', StringComparison.Ordinal) && !scheme.StartsWith('.') && !scheme.EndsWith('.');

    private static ReadOnlySpan<char> Authority(string text)
    {
        var start = text.IndexOf("://", StringComparison.Ordinal);
        if (start < 0)
        {
            return [];
        }

        var rest = text.AsSpan(start + 3);
        var end = rest.IndexOfAny('/', '?');
        return end < 0 ? rest : rest[..end];
    }
}
