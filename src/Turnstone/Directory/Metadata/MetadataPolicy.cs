namespace Turnstone.Directory.Metadata;

/// <summary>Whose metadata documents are taken.</summary>
public enum MetadataFrom
{
    Nobody,
    Listed,
    Everyone,
}

/// <summary>Which clients may come by a metadata document.</summary>
/// <param name="From">Whose documents are taken.</param>
/// <param name="Listed">The hosts, if only some; <c>*.example.com</c> is every host below one.</param>
/// <param name="Own">The host and port of this server, which describes no client.</param>
/// <param name="Unencrypted">Whether http will do: in Development.</param>
public sealed record MetadataPolicy(
    MetadataFrom From,
    IReadOnlyList<string> Listed,
    string Own,
    bool Unencrypted = false
)
{
    public bool Takes(Uri url)
    {
        ArgumentNullException.ThrowIfNull(url);
        return !url.Authority.Equals(Own, StringComparison.OrdinalIgnoreCase)
            && From switch
            {
                MetadataFrom.Everyone => true,
                MetadataFrom.Listed => Listed.Any(host => IsOf(url, host)),
                _ => false,
            };
    }

    private static bool IsOf(Uri url, string host) =>
        host.StartsWith("*.", StringComparison.Ordinal)
            ? url.IdnHost.EndsWith(host[1..], StringComparison.OrdinalIgnoreCase)
            : url.IdnHost.Equals(host, StringComparison.OrdinalIgnoreCase);
}
