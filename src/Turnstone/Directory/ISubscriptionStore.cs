using Turnstone.Model;
using Turnstone.Storage;

namespace Turnstone.Directory;

/// <summary>Products and the subscriptions to them.</summary>
public interface ISubscriptionStore
{
    Task<Product?> FindProductAsync(string name, CancellationToken cancellationToken);

    Task<Product?> FindProductAsync(Guid id, CancellationToken cancellationToken);

    Task<IReadOnlyList<Product>> ListProductsAsync(CancellationToken cancellationToken);

    /// <summary>Creates or replaces. Conflict: another product has the name.</summary>
    Task<Receipt> SaveProductAsync(Product product, AuditEntry entry, CancellationToken cancellationToken);

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

    /// <summary>Subscriptions that match, in the order of their ids: the oldest first.</summary>
    Task<IReadOnlyList<Subscription>> SearchAsync(SubscriptionQuery query, CancellationToken cancellationToken);

    /// <summary>
    /// Those that wait for approval and that no administrator was told of, the oldest first; each is given out once.
    /// </summary>
    Task<IReadOnlyList<Subscription>> TakeUntoldAsync(
        DateTimeOffset now,
        int limit,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// Creates or replaces. What was opened with a subscription that stops to be active, or with a key that is
    /// replaced, ends in the same commit. Withdrawn: it has been cancelled, which is for ever. Conflict: another
    /// subscription has one of the keys, or this one was saved since it was read.
    /// </summary>
    Task<Receipt> SaveAsync(Subscription subscription, AuditEntry entry, CancellationToken cancellationToken);
}

/// <summary>Which subscriptions; what is null is not asked for.</summary>
public sealed record SubscriptionQuery
{
    public Guid? AccountId { get; init; }

    public Guid? ProductId { get; init; }

    public SubscriptionState? State { get; init; }

    /// <summary>The last one of the page before.</summary>
    public Guid After { get; init; }

    public int Limit { get; init; } = 100;
}
