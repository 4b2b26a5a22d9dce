using Turnstone.Model;
using Turnstone.Storage;

namespace Turnstone.Directory;

/// <summary>Products and the subscriptions to them.</summary>
public interface ISubscriptionStore
{
    Task<Product?> FindProductAsync(string name, CancellationToken cancellationToken);

    Task<Product?> FindProductAsync(Guid id, CancellationToken cancellationToken);

    Task<IReadOnlyList<Product>> ListProductsAsync(CancellationToken cancellationToken);

    /// <summary>Creates or replaces; false when another product has the name.</summary>
    Task<bool> SaveProductAsync(Product product, AuditEntry entry, CancellationToken cancellationToken);

    Task<Subscription?> FindAsync(Guid id, CancellationToken cancellationToken);

    /// <summary>The subscription that has one of these hashes as its primary or secondary key.</summary>
    Task<Subscription?> FindByKeyAsync(IReadOnlyList<byte[]> keyHashes, CancellationToken cancellationToken);

    Task<IReadOnlyList<Subscription>> ListAsync(Guid accountId, CancellationToken cancellationToken);

    /// <summary>Subscriptions of every account in one state, oldest first.</summary>
    Task<IReadOnlyList<Subscription>> ListAsync(
        SubscriptionState state,
        int limit,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// Creates or replaces; false when another subscription has one of the keys, or this one has been cancelled: that
    /// is for ever.
    /// </summary>
    /// <exception cref="StoreUnavailableException">It was saved since it was read: saving it would undo that. Read it
    /// again.</exception>
    Task<bool> SaveAsync(Subscription subscription, AuditEntry entry, CancellationToken cancellationToken);
}
