namespace Turnstone.Directory;

/// <summary>Something that customers subscribe to.</summary>
public sealed record Product(Guid Id, string Name, bool ApprovalRequired, DateTimeOffset CreatedAt);

public enum SubscriptionState
{
    Submitted,
    Active,
    Suspended,
    Cancelled,
    Expired,
}

/// <summary>An account's subscription to a product, with two keys so that one can be changed while the other works. Keys are kept as keyed hashes.</summary>
public sealed record Subscription
{
    public required Guid Id { get; init; }

    public required Guid AccountId { get; init; }

    public required Guid ProductId { get; init; }

    public required SubscriptionState State { get; init; }

    public required byte[] PrimaryKeyHash { get; init; }

    public required byte[] SecondaryKeyHash { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it ends by itself; null where it does not.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    public bool IsActive(DateTimeOffset now) => State is SubscriptionState.Active && !(ExpiresAt <= now);
}
