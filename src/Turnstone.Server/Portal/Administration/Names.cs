using Turnstone.Directory;

namespace Turnstone.Server.Portal.Administration;

/// <summary>The emails and product names that stand for ids in a list, each asked for once a page.</summary>
public sealed class Names(IAccountStore accounts, ISubscriptionStore subscriptions)
{
    private readonly Dictionary<Guid, string?> emails = [];
    private readonly Dictionary<Guid, string?> products = [];

    /// <summary>Null where the account is not there (any more).</summary>
    public async Task<string?> EmailAsync(Guid? accountId, CancellationToken cancellationToken) =>
        accountId is not { } id ? null
        : emails.TryGetValue(id, out var known) ? known
        : emails[id] = (await accounts.FindAsync(id, cancellationToken))?.Email;

    public async Task<string?> ProductAsync(Guid id, CancellationToken cancellationToken) =>
        products.TryGetValue(id, out var known)
            ? known
            : products[id] = (await subscriptions.FindProductAsync(id, cancellationToken))?.Name;
}
