using Turnstone.Model;
using Turnstone.Storage;

namespace Turnstone.Sessions;

/// <summary>
/// The sessions. Every write is durable when its task completes, and a revocation that has returned holds against
/// everything that is still under way: the row (or its holder's row) is the condition of every write. Any call may
/// throw <see cref="StoreUnavailableException"/>, which says whether something may have been changed.
/// </summary>
public interface ISessionStore
{
    /// <summary>The marks that this process knows.</summary>
    HolderMarks Marks { get; }

    /// <summary>
    /// Writes a new session and its audit entry in one commit. Withdrawn: a precondition no longer holds. Too many: its
    /// API key has logged in too often. Conflict: there is a session of that id.
    /// </summary>
    Task<Receipt> OpenAsync(
        Session session,
        Preconditions preconditions,
        AuditEntry entry,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// Decides by <see cref="Rotation.Decide"/> on the row as it is under the store's lock, and commits what the
    /// decision writes (for a reuse: the revocation and <paramref name="reuseEntry"/>) before it answers.
    /// </summary>
    Task<RotationDecision> RotateAsync(
        RefreshAttempt attempt,
        Func<RotationDecision, AuditEntry> reuseEntry,
        CancellationToken cancellationToken
    );

    Task<Session?> FindAsync(SessionId id, CancellationToken cancellationToken);

    /// <summary>Those of these sessions that have a row.</summary>
    Task<IReadOnlyList<Session>> FindAllAsync(IReadOnlyCollection<SessionId> ids, CancellationToken cancellationToken);

    /// <summary>
    /// Ends a session with its audit entry in one commit. Withdrawn: there is no such session that is not revoked.
    /// </summary>
    Task<Receipt> EndAsync(
        SessionId id,
        RevocationReason reason,
        AuditEntry entry,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// Ends every session of a holder, but one that is named, and withdraws the preconditions of sessions that are
    /// being opened, in one commit. However many there are, it writes one row.
    /// </summary>
    Task<Receipt> EndAllAsync(
        SessionHolder holder,
        RevocationReason reason,
        AuditEntry entry,
        CancellationToken cancellationToken,
        SessionId? except = null
    );

    /// <summary>
    /// The holder's sessions that are live, newest first; those after a place in that order, for the next page.
    /// </summary>
    Task<IReadOnlyList<Session>> ListAsync(
        SessionHolder holder,
        int limit,
        CancellationToken cancellationToken,
        SessionPlace? after = null
    );

    /// <summary>
    /// Reads the marks that are missing here and the sessions that were revoked one by one after a change's number;
    /// null for all whose access token may still be good.
    /// </summary>
    Task<RevocationNews> RevokedAfterAsync(ChangePoint? change, CancellationToken cancellationToken);

    /// <summary>
    /// Writes again what the store has forgotten of these sessions, which have ended, and of the marks that are known
    /// here; answers how many there were.
    /// </summary>
    Task<int> RepeatEndsAsync(IReadOnlyCollection<RevokedSession> ended, CancellationToken cancellationToken);

    /// <summary>
    /// Removes at most <paramref name="limit"/> sessions whose tokens have all been dead since
    /// <paramref name="before"/>; answers how many.
    /// </summary>
    Task<int> SweepAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken);
}

/// <summary>
/// How far the changes of the store are known: all below a number, but for those that were under way.
/// </summary>
/// <param name="Next">The number of the next change.</param>
/// <param name="UnderWay">Lower numbers whose changes may still come.</param>
/// <param name="History">
/// What the numbers belong to: a standby that was promoted begins a history of its own. 0 where that is not known.
/// </param>
public sealed record ChangePoint(long Next, IReadOnlyList<long> UnderWay, long History = 0)
{
    /// <summary>
    /// Whether the store may lack changes that were read before: it is older than it was, or went another way.
    /// </summary>
    public bool MayLack(ChangePoint? known) =>
        known is not null && (Next < known.Next || (History != known.History && History != 0 && known.History != 0));
}

/// <summary>What was revoked, and up to which change that is everything.</summary>
/// <param name="Change">
/// From where to read the next time; lower than before when the store came back older than it was.
/// </param>
public sealed record RevocationNews(ChangePoint Change, IReadOnlyList<RevokedSession> Revoked);

/// <summary>A place in a list of sessions that goes from the newest to the oldest.</summary>
public readonly record struct SessionPlace(DateTimeOffset CreatedAt, SessionId Id)
{
    public static SessionPlace Of(Session session) => new(session.CreatedAt, session.Id);
}

/// <summary>
/// What must hold in the commit that opens a session: the epochs of the account and client as they were when the
/// credential was checked, the API key that was used, the one-time code that is consumed. The commit holds only if all
/// of it still stands.
/// </summary>
public sealed record Preconditions
{
    public (Guid Id, long Epoch)? Account { get; init; }

    public (string Id, long Epoch)? Client { get; init; }

    /// <summary>Must not be revoked and not frozen.</summary>
    public Guid? ApiKeyId { get; init; }

    /// <summary>What the API key must still have; only together with <see cref="ApiKeyId"/>.</summary>
    public Scopes? ApiKeyScopes { get; init; }

    /// <summary>How often the API key may have logged in; only together with <see cref="ApiKeyId"/>.</summary>
    public LoginAllowance? Logins { get; init; }

    /// <summary>The subscription the login came with must still be active.</summary>
    public Guid? SubscriptionId { get; init; }

    /// <summary>
    /// The session by which the account has let the client in: must be live. Only together with <see cref="Account"/>,
    /// whose row guards it.
    /// </summary>
    public SessionId? LetInBy { get; init; }

    /// <summary>
    /// The number of the last mark when the session was first opened, for one that the store has forgotten: no mark
    /// since may have ended it, and it keeps the number.
    /// </summary>
    public long? OpenedAfter { get; init; }

    /// <summary>The stored hash of a one-time code: must be unused; is marked used, with the session it gave.</summary>
    public byte[]? CodeHash { get; init; }
}
