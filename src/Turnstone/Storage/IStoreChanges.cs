namespace Turnstone.Storage;

/// <summary>What changed in the store, here or on another node.</summary>
public enum ChangeKind
{
    /// <summary>Sessions were revoked: the set of revoked sessions is behind.</summary>
    Revocations,

    /// <summary>A client, subscription or product was saved: what is remembered of them is stale.</summary>
    Directory,

    /// <summary>The ring of signing keys changed.</summary>
    SigningKeys,
}

/// <summary>
/// Tells every node what changed: at once where the engine can notify, else at the next poll. It may tell too much or
/// twice, never too little: after a connection was lost it tells every kind.
/// </summary>
public interface IStoreChanges
{
    IDisposable Subscribe(Action<ChangeKind> heard);
}
