using System.Collections.Frozen;
using Turnstone.Model;

namespace Turnstone.Directory;

/// <summary>
/// The products, held in memory: every login and refresh with a subscription asks what its product allows, and no
/// refresh waits for a query. There are few, and none is ever deleted.
/// </summary>
public sealed class Products(ISubscriptionStore store)
{
    private readonly Lock guard = new();
    private long asked;
    private long taken;
    private volatile FrozenDictionary<Guid, Product> known = FrozenDictionary<Guid, Product>.Empty;

    /// <summary>As it was when the store was last asked; null for one that is newer.</summary>
    public Product? Recall(Guid id) => known.GetValueOrDefault(id);

    /// <summary>As <see cref="Recall"/>; the store is asked for one that is not known.</summary>
    public async ValueTask<Product?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        if (Recall(id) is { } product)
        {
            return product;
        }

        await RefreshAsync(cancellationToken);
        return Recall(id);
    }

    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        var turn = Interlocked.Increment(ref asked);
        var read = (await store.ListProductsAsync(cancellationToken)).ToFrozenDictionary(product => product.Id);
        lock (guard)
        {
            // Of two readings side by side, the one that began later is the newer, whichever ends first.
            if (turn > taken)
            {
                (taken, known) = (turn, read);
            }
        }
    }

    /// <summary>
    /// The scopes that a session's tokens have: those it was opened with, and of them no more than its product still
    /// allows. A product that is not known allows nothing.
    /// </summary>
    public Scopes Allowed(Scopes scopes, Guid? productId) =>
        productId is { } id ? scopes.And(Recall(id)?.Scopes ?? Scopes.None) : scopes;
}
