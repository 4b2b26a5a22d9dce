namespace Turnstone.Storage;

/// <summary>What changed in the store, here or on another node.</summary>
public enum ChangeKind
{
    /// <summary>Sessions were revoked: what is known of them here is behind.</summary>
    Revocations,

    /// <summary>A client, subscription or product was saved: what is cached of them is stale.</summary>
    Directory,

    /// <summary>The ring of signing keys changed.</summary>
    SigningKeys,
}

/// <summary>A change, and the sessions that it ended if it was made by this process.</summary>
public sealed record StoreChange(ChangeKind Kind, IReadOnlyList<RevokedSession> Ended)
{
    public StoreChange(ChangeKind kind)
        : this(kind, []) { }
}

/// <summary>
/// Tells every node what changed: at once where the engine can notify, else at the next poll. What this process
/// commits is told before whoever asked for it is answered. It may tell too much or twice, never too little: after a
/// connection was lost it tells every kind.
/// </summary>
public interface IStoreChanges
{
    IDisposable Subscribe(Action<StoreChange> heard);
}
