using System.Diagnostics.CodeAnalysis;

namespace Turnstone.Directory.Metadata;

/// <summary>
/// A client id that is the address of a metadata document (draft-ietf-oauth-client-id-metadata-document §3): https,
/// with a path, without fragment, user and dot segments. It is compared as a text and never normalized.
/// </summary>
public static class ClientIdUrl
{
    /// <summary>Whether it begins like one; no other client has such an id.</summary>
    public static bool Looks([NotNullWhen(true)] string? id) =>
        id is not null
        && (
            id.StartsWith("https://", StringComparison.OrdinalIgnoreCase)
            || id.StartsWith("http://", StringComparison.OrdinalIgnoreCase)
        );

    /// <param name="id">The text.</param>
    /// <param name="unencrypted">Whether http will do: in Development.</param>
    /// <param name="url">The same.</param>
    public static bool TryRead(string id, bool unencrypted, [NotNullWhen(true)] out Uri? url)
    {
        ArgumentNullException.ThrowIfNull(id);
        url = null;
        return Looks(id)
            && id.Length <= ClientDirectory.LongestId
            && id.All(c => c is > ' ' and <= '~' and not ('\\' or '#'))
            && Uri.TryCreate(id, UriKind.Absolute, out url)
            && (url.Scheme == Uri.UriSchemeHttps || unencrypted)
            && url.UserInfo.Length == 0
            && PathOf(id) is { Length: > 1 } path
            && !path.Split('/').Any(IsDots);
    }

    private static string PathOf(string id)
    {
        var rest = id[(id.IndexOf("://", StringComparison.Ordinal) + 3)..];
        var begin = rest.IndexOf('/', StringComparison.Ordinal);
        return begin < 0 || rest[..begin].Contains('?', StringComparison.Ordinal) ? "" : rest[begin..].Split('?')[0];
    }

    private static bool IsDots(string segment) =>
        segment.Replace("%2e", ".", StringComparison.OrdinalIgnoreCase) is "." or "..";
}
