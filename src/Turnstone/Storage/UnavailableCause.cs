namespace Turnstone.Storage;

/// <summary>Why something cannot be done now: whoever operates the server does something else about each.</summary>
public enum UnavailableCause
{
    /// <summary>The database is away, hangs or cannot write.</summary>
    StoreDown,

    /// <summary>Every connection to the database that this node may open is in use.</summary>
    ConnectionsTaken,

    /// <summary>More writes wait for a commit than the queue holds.</summary>
    QueueFull,

    /// <summary>More passwords wait to be hashed than the lane holds.</summary>
    PasswordLaneFull,

    /// <summary>As many requests are in work as may be.</summary>
    RequestsFull,

    /// <summary>Somebody else changed the same thing meanwhile.</summary>
    Conflict,

    /// <summary>This node has not read the signing keys or the revoked sessions yet.</summary>
    NotReady,

    /// <summary>This node has not heard of revocations for too long.</summary>
    CutOff,

    /// <summary>A newer server has migrated the store further than this one can serve from.</summary>
    SchemaTooNew,
}
