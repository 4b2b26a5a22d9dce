using Turnstone.Directory;
using Turnstone.Directory.Metadata;

namespace Turnstone.Server.Portal.Authorize;

/// <summary>A client that nobody here has made, so that nobody vouches for its name.</summary>
/// <param name="Host">The host of its document; null for one that has registered itself.</param>
/// <param name="SeenAt">When it was first seen; null if that is now.</param>
public sealed record Stranger(string? Host, DateTimeOffset? SeenAt)
{
    public static Stranger? Of(Client client)
    {
        ArgumentNullException.ThrowIfNull(client);
        return client.Source is { } source
            ? new(
                source is ClientSource.MetadataDocument ? new Uri(client.Id).IdnHost : null,
                client.Revision == 0 ? null : client.CreatedAt
            )
            : null;
    }
}
