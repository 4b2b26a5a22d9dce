using Turnstone.Model;

namespace Turnstone.Directory;

/// <summary>What an API key or a subscription key opens that is sent with a request, without a login.</summary>
public sealed record DirectKey
{
    public required Guid AccountId { get; init; }

    public required Scopes Scopes { get; init; }

    public required DateTimeOffset WorksUntil { get; init; }

    /// <summary>Null for a subscription key.</summary>
    public Guid? ApiKeyId { get; init; }

    /// <summary>The subscription, and which of its keys; null for an API key.</summary>
    public (Guid Id, SubscriptionKeySlot Key)? Subscription { get; init; }

    /// <summary>The name of the subscription's product.</summary>
    public string? Product { get; init; }

    internal Guid? ProductId { get; init; }

    /// <summary>
    /// The number of the last mark that was known when it was read: what is marked since may be over.
    /// </summary>
    internal long ReadAfter { get; init; }

    internal SessionHolders Holders => new(AccountId, ClientId: null, ApiKeyId, Subscription);
}
