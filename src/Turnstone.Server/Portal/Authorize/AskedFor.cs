using Turnstone.Directory;
using Turnstone.Model;

namespace Turnstone.Server.Portal.Authorize;

/// <summary>Who wants access to the account, and what it will be able to do.</summary>
public sealed record AskedFor
{
    public required string ClientName { get; init; }

    /// <summary>The owner's email; null for the provider's own clients.</summary>
    public required string? OwnerEmail { get; init; }

    /// <summary>What is known of a client that nobody here has made; null for any other.</summary>
    public required Stranger? Stranger { get; init; }

    public required IReadOnlyList<string> Scopes { get; init; }

    /// <summary>The APIs that it will use; none where that is the one of the settings alone.</summary>
    public required IReadOnlyList<Api> Apis { get; init; }

    public static async Task<AskedFor> OfAsync(
        Client client,
        Scopes scopes,
        Resources resources,
        Apis apis,
        IAccountStore accounts,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(scopes);
        ArgumentNullException.ThrowIfNull(resources);
        ArgumentNullException.ThrowIfNull(apis);
        ArgumentNullException.ThrowIfNull(accounts);
        return new AskedFor
        {
            ClientName = client.Name,
            OwnerEmail = client.OwnerId is { } owner
                ? (await accounts.FindAsync(owner, cancellationToken))?.Email
                : null,
            Stranger = Stranger.Of(client),
            Scopes = scopes.Names,
            Apis = [.. resources.Identifiers.Select(apis.Find).OfType<Api>()],
        };
    }
}
