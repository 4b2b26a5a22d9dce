namespace Turnstone.Directory;

/// <summary>The hosts by which clients of pairwise subjects are told apart (OpenID Connect Core §8.1).</summary>
public static class SectorHosts
{
    /// <summary>The only host of these addresses; null for several, and for none but the machine itself.</summary>
    public static string? Only(IReadOnlyList<string> uris)
    {
        ArgumentNullException.ThrowIfNull(uris);
        var hosts = uris.Select(HostOf).Distinct(StringComparer.Ordinal).Take(2).ToList();
        return hosts.Count == 1 ? hosts[0] : null;
    }

    /// <summary>
    /// Whether redirect URIs leave open which sector a client is of (§8.1): it would have to be told, and cannot be
    /// guessed.
    /// </summary>
    public static bool AreSeveral(IReadOnlyList<string> uris)
    {
        ArgumentNullException.ThrowIfNull(uris);
        return uris.Select(HostOf).Distinct(StringComparer.Ordinal).Skip(1).Any();
    }

    /// <summary>Whether it is the name of a host as a URI has it.</summary>
    public static bool IsHost(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Length is > 0 and <= 253 && HostOf($"https://{text}/") == text;
    }

    // Null for an app's own scheme and for the machine itself, which are not one client's alone.
    private static string? HostOf(string uri) =>
        Uri.TryCreate(uri, UriKind.Absolute, out var parsed)
        && parsed.Scheme == Uri.UriSchemeHttps
        && !parsed.IsLoopback
            ? parsed.IdnHost
            : null;
}
