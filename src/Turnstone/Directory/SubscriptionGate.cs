using Turnstone.Credentials;
using Turnstone.Model;
using Turnstone.Storage;
using Turnstone.Tokens.Keys;

namespace Turnstone.Directory;

/// <summary>
/// Admits a request by its subscription key, either of the two. Every login, refresh and validation asks, so the answer
/// is remembered for a few seconds by the key's hash; never the key itself.
/// </summary>
public sealed class SubscriptionGate(
    ISubscriptionStore store,
    MasterKeyRing keys,
    IStoreChanges changes,
    TimeProvider time
) : IDisposable
{
    internal static readonly Refusal Closed = new(
        RefusalCode.InvalidSubscription,
        "The subscription key is missing or not valid.",
        "Send the key of an active subscription in the Subscription-Key header."
    );

    private readonly StoreCache<Digest, Subscription> subscriptions = new(
        10_000,
        TimeSpan.FromSeconds(5),
        changes,
        time
    );

    /// <summary>
    /// The subscription of a key that is remembered and admits: no query. Null where the store has to be asked, or
    /// where a refusal is due.
    /// </summary>
    public Subscription? Recall(string? key) =>
        key is { Length: SubscriptionKeyText.Length }
        && subscriptions.TryGet(keys.Digest(CredentialPurpose.SubscriptionKey, key), out var known)
            ? Judge(known).Value
            : null;

    public ValueTask<Outcome<Subscription>> AdmitAsync(string? key, CancellationToken cancellationToken)
    {
        if (key is not { Length: SubscriptionKeyText.Length })
        {
            return new(Closed);
        }

        var digest = keys.Digest(CredentialPurpose.SubscriptionKey, key);
        return subscriptions.TryGet(digest, out var known)
            ? new(Judge(known))
            : AskAsync(digest, key, cancellationToken);
    }

    private async ValueTask<Outcome<Subscription>> AskAsync(
        Digest digest,
        string key,
        CancellationToken cancellationToken
    )
    {
        var hashes = keys.Hashes(CredentialPurpose.SubscriptionKey, key);
        return Judge(await subscriptions.GetAsync(digest, cancel => FindAsync(hashes, cancel), cancellationToken));
    }

    private async Task<Subscription?> FindAsync(IReadOnlyList<byte[]> hashes, CancellationToken cancellationToken) =>
        await store.FindByKeyAsync(hashes, cancellationToken) is { } found
            ? found with
            {
                UsedKey = SlotOf(found, hashes),
            }
            : null;

    internal static SubscriptionKeySlot SlotOf(Subscription found, IReadOnlyList<byte[]> hashes) =>
        hashes.Any(hash => hash.AsSpan().SequenceEqual(found.PrimaryKeyHash))
            ? SubscriptionKeySlot.Primary
            : SubscriptionKeySlot.Secondary;

    private static Outcome<Subscription> Judge(Subscription? subscription) =>
        subscription is { IsActive: true } ? subscription : Closed;

    public void Dispose() => subscriptions.Dispose();
}
