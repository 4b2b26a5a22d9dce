using Turnstone.Directory;

namespace Turnstone.Server.Portal.Administration;

/// <summary>The emails and the names of products and clients for the ids in a list, each read once per page.</summary>
public sealed class Names(IAccountStore accounts, ISubscriptionStore subscriptions, IClientStore clients)
{
    private readonly Dictionary<Guid, string?> emails = [];
    private readonly Dictionary<Guid, string?> products = [];

    /// <summary>Null if the account does not exist.</summary>
    public async Task<string?> EmailAsync(Guid? accountId, CancellationToken cancellationToken) =>
        accountId is not { } id ? null
        : emails.TryGetValue(id, out var known) ? known
        : emails[id] =
            await accounts.FindAsync(id, cancellationToken) is not { } account ? null
            : account.Erased ? $"{id}"
            : account.Email;

    public async Task<string?> ProductAsync(Guid id, CancellationToken cancellationToken) =>
        products.TryGetValue(id, out var known)
            ? known
            : products[id] = (await subscriptions.FindProductAsync(id, cancellationToken))?.Name;

    /// <summary>The names of these clients, without those that are not there any more.</summary>
    public async Task<IReadOnlyDictionary<string, string>> ClientsAsync(
        IEnumerable<string?> ids,
        CancellationToken cancellationToken
    )
    {
        var found = new Dictionary<string, string>();
        foreach (var id in ids.OfType<string>().Distinct())
        {
            if (await clients.FindAsync(id, cancellationToken) is { } client)
            {
                found[id] = client.Name;
            }
        }

        return found;
    }
}
