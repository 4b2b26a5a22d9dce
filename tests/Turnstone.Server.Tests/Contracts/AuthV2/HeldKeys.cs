using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Storage;

namespace Turnstone.Server.Tests.Contracts.AuthV2;

/// <summary>The real store, whose answers about subscription keys wait while they are held.</summary>
internal sealed class HeldKeys(ISubscriptionStore store) : ISubscriptionStore
{
    private int asked;

    /// <summary>Null while nothing is held.</summary>
    public TaskCompletionSource? Held { get; set; }

    /// <summary>How often a key was asked for.</summary>
    public int Asked => Volatile.Read(ref asked);

    public async Task<Subscription?> FindByKeyAsync(
        IReadOnlyList<byte[]> keyHashes,
        CancellationToken cancellationToken
    )
    {
        Interlocked.Increment(ref asked);
        await (Held?.Task ?? Task.CompletedTask);
        return await store.FindByKeyAsync(keyHashes, cancellationToken);
    }

    public Task<Product?> FindProductAsync(string name, CancellationToken cancellationToken) =>
        store.FindProductAsync(name, cancellationToken);

    public Task<Product?> FindProductAsync(Guid id, CancellationToken cancellationToken) =>
        store.FindProductAsync(id, cancellationToken);

    public Task<IReadOnlyList<Product>> ListProductsAsync(CancellationToken cancellationToken) =>
        store.ListProductsAsync(cancellationToken);

    public Task<Receipt> SaveProductAsync(Product product, AuditEntry entry, CancellationToken cancellationToken) =>
        store.SaveProductAsync(product, entry, cancellationToken);

    public Task<Subscription?> FindAsync(Guid id, CancellationToken cancellationToken) =>
        store.FindAsync(id, cancellationToken);

    public Task<IReadOnlyList<Subscription>> ListAsync(Guid accountId, CancellationToken cancellationToken) =>
        store.ListAsync(accountId, cancellationToken);

    public Task<IReadOnlyList<Subscription>> ListAsync(
        SubscriptionState state,
        int limit,
        CancellationToken cancellationToken
    ) => store.ListAsync(state, limit, cancellationToken);

    public Task<IReadOnlyList<Subscription>> SearchAsync(
        SubscriptionQuery query,
        CancellationToken cancellationToken
    ) => store.SearchAsync(query, cancellationToken);

    public Task<IReadOnlyList<Subscription>> TakeUntoldAsync(
        DateTimeOffset now,
        int limit,
        CancellationToken cancellationToken
    ) => store.TakeUntoldAsync(now, limit, cancellationToken);

    public Task<Receipt> SaveAsync(Subscription subscription, AuditEntry entry, CancellationToken cancellationToken) =>
        store.SaveAsync(subscription, entry, cancellationToken);
}
