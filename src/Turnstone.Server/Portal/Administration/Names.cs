using Turnstone.Directory;

namespace Turnstone.Server.Portal.Administration;

/// <summary>The emails and product names for the ids in a list, each read once per page.</summary>
public sealed class Names(IAccountStore accounts, ISubscriptionStore subscriptions)
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
}
