namespace Turnstone.Model;

/// <summary>What sessions can be held by: all of one holder's can be ended at once.</summary>
public enum HolderKind
{
    Everyone,
    Account,
    Client,

    /// <summary>What one client holds for one account.</summary>
    Consent,
    ApiKey,
    Subscription,

    /// <summary>What was opened with one of a subscription's two keys.</summary>
    SubscriptionKey,

    /// <summary>The tokens that a client got for itself (client credentials), not those of its users.</summary>
    OwnTokens,

    /// <summary>The tokens by which one client acts for one account (RFC 8693), not the sessions that it has.</summary>
    Delegation,
}

/// <summary>Which of a subscription's two keys.</summary>
public enum SubscriptionKeySlot
{
    Primary,
    Secondary,
}

/// <summary>Whose sessions. Its text form is stored, so it never changes.</summary>
public readonly record struct SessionHolder
{
    private readonly Guid id;
    private readonly string? name;

    private SessionHolder(HolderKind kind, Guid id = default, string? name = null) =>
        (Kind, this.id, this.name) = (kind, id, name);

    public HolderKind Kind { get; }

    public Guid? AccountId => Kind is HolderKind.Account or HolderKind.Consent or HolderKind.Delegation ? id : null;

    public string? ClientId =>
        Kind is HolderKind.Client or HolderKind.Consent or HolderKind.OwnTokens or HolderKind.Delegation ? name : null;

    public Guid? ApiKeyId => Kind is HolderKind.ApiKey ? id : null;

    public Guid? SubscriptionId => Kind is HolderKind.Subscription or HolderKind.SubscriptionKey ? id : null;

    /// <summary>Which of the subscription's keys; null for both.</summary>
    public string? SubscriptionKeyName => Kind is HolderKind.SubscriptionKey ? name : null;

    public static SessionHolder Everyone => new(HolderKind.Everyone);

    public static SessionHolder Account(Guid id) => new(HolderKind.Account, id);

    public static SessionHolder Client(string id) => new(HolderKind.Client, name: id);

    public static SessionHolder OwnTokens(string clientId) => new(HolderKind.OwnTokens, name: clientId);

    public static SessionHolder Consent(Guid accountId, string clientId) =>
        new(HolderKind.Consent, accountId, clientId);

    public static SessionHolder Delegation(Guid accountId, string clientId) =>
        new(HolderKind.Delegation, accountId, clientId);

    public static SessionHolder ApiKey(Guid id) => new(HolderKind.ApiKey, id);

    public static SessionHolder Subscription(Guid id) => new(HolderKind.Subscription, id);

    public static SessionHolder SubscriptionKey(Guid id, SubscriptionKeySlot slot) =>
        new(HolderKind.SubscriptionKey, id, slot is SubscriptionKeySlot.Primary ? "Primary" : "Secondary");

    /// <summary>Reads the text form; null for a holder that only a newer version knows.</summary>
    public static SessionHolder? Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var parts = text.Split(':', 3);
        if (!Enum.TryParse<HolderKind>(parts[0], out var kind))
        {
            return null;
        }

        return kind switch
        {
            HolderKind.Everyone => Everyone,
            HolderKind.Client => Client(text[(parts[0].Length + 1)..]),
            HolderKind.OwnTokens => OwnTokens(text[(parts[0].Length + 1)..]),
            _ when !Guid.TryParse(parts.ElementAtOrDefault(1), out var id) => null,
            _ => new SessionHolder(kind, Guid.Parse(parts[1]), parts.ElementAtOrDefault(2)),
        };
    }

    public override string ToString() =>
        Kind switch
        {
            HolderKind.Everyone => $"{Kind}",
            HolderKind.Client or HolderKind.OwnTokens => $"{Kind}:{name}",
            HolderKind.Consent or HolderKind.SubscriptionKey or HolderKind.Delegation => $"{Kind}:{id}:{name}",
            _ => $"{Kind}:{id}",
        };
}

/// <summary>Everything that holds one session: ending any of them ends it.</summary>
public readonly record struct SessionHolders(
    Guid? AccountId,
    string? ClientId,
    Guid? ApiKeyId = null,
    (Guid Id, SubscriptionKeySlot Key)? Subscription = null
)
{
    /// <summary>How a token that was exchanged came to the client; null for whatever was not exchanged.</summary>
    public ExchangedFrom? ExchangedFrom { get; init; }
}
