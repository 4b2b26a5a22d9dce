using Turnstone.Model;

namespace Turnstone.Directory;

/// <summary>Something that customers subscribe to.</summary>
public sealed record Product(
    Guid Id,
    string Name,
    bool ApprovalRequired,
    DateTimeOffset CreatedAt,
    string Description = ""
)
{
    /// <summary>What a login with one of its subscriptions gets.</summary>
    public Scopes Scopes { get; init; } = Scopes.None;
}

public enum SubscriptionState
{
    Submitted,
    Active,
    Suspended,
    Cancelled,
    Expired,
}

/// <summary>An account's subscription to a product, with two keys so that one can be changed while the other works.
/// Keys are kept as keyed hashes, and those made here sealed beside them, so that their owner can see them
/// again.</summary>
public sealed record Subscription
{
    public required Guid Id { get; init; }

    public required Guid AccountId { get; init; }

    public required Guid ProductId { get; init; }

    public required StoredName<SubscriptionState> State { get; init; }

    public required byte[] PrimaryKeyHash { get; init; }

    public required byte[] SecondaryKeyHash { get; init; }

    /// <summary>
    /// The key itself, sealed under the master key; null for one that was imported: a secret that was given is only
    /// hashed.
    /// </summary>
    public byte[]? PrimaryKeySealed { get; init; }

    public byte[]? SecondaryKeySealed { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>What an administrator told the customer with the last decision.</summary>
    public string? Message { get; init; }

    /// <summary>
    /// Counts the saves; a save that was made on an older one is refused, or a changed key could undo a suspension.
    /// </summary>
    public long Revision { get; init; }

    /// <summary>
    /// Another key in one slot. The sealed key changes with the hash, or its owner would be shown one that no longer
    /// works.
    /// </summary>
    /// <param name="sealedKey">Null for a key that was given: it is only hashed.</param>
    public Subscription WithKey(SubscriptionKeySlot slot, byte[] hash, byte[]? sealedKey) =>
        slot is SubscriptionKeySlot.Primary
            ? this with
            {
                PrimaryKeyHash = hash,
                PrimaryKeySealed = sealedKey,
            }
            : this with
            {
                SecondaryKeyHash = hash,
                SecondaryKeySealed = sealedKey,
            };

    /// <summary>The key by which a request was admitted; null where none was. It is not stored.</summary>
    public SubscriptionKeySlot? UsedKey { get; init; }

    public bool IsActive => State == SubscriptionState.Active;
}
