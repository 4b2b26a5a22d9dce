using Turnstone.Model;
using Turnstone.Storage;

namespace Turnstone.Sessions;

/// <summary>
/// The sessions. Every write is durable when its task completes, and a revocation that has returned holds against
/// everything that is still under way: the row (or its holder's row) is the condition of every write. Any call may
/// throw <see cref="StoreUnavailableException"/>; then nothing was changed.
/// </summary>
public interface ISessionStore
{
    /// <summary>
    /// Writes a new session and its audit entry in one commit, if what vouched for it still does; false when it was
    /// withdrawn meanwhile, or when there is a session of that id.
    /// </summary>
    Task<bool> OpenAsync(
        Session session,
        Preconditions vouchers,
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

    /// <summary>Ends a session with its audit entry in one commit; false when there is no such live session.</summary>
    Task<bool> RevokeAsync(
        SessionId id,
        RevocationReason reason,
        AuditEntry entry,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// Ends every live session of a holder, but one that is named, and withdraws what vouched for sessions that are
    /// being opened, in one commit; answers how many it ended.
    /// </summary>
    Task<int> RevokeAllAsync(
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
    /// Revoked sessions whose access token may still be good: revoked at or after <paramref name="since"/>.
    /// </summary>
    Task<IReadOnlyList<RevokedSession>> RevokedSinceAsync(DateTimeOffset since, CancellationToken cancellationToken);

    /// <summary>
    /// Removes at most <paramref name="limit"/> sessions whose tokens have all been dead since <paramref
    /// name="before"/>; answers how many.
    /// </summary>
    Task<int> SweepAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken);
}

/// <summary>A revoked session, and until when its access token has to be refused by name.</summary>
public sealed record RevokedSession(SessionId Id, DateTimeOffset RevokedAt, DateTimeOffset AccessDeadAt);

/// <summary>A place in a list of sessions that goes from the newest to the oldest.</summary>
public readonly record struct SessionPlace(DateTimeOffset CreatedAt, SessionId Id)
{
    public static SessionPlace Of(Session session) => new(session.CreatedAt, session.Id);
}

/// <summary>Whose sessions: exactly one of the three.</summary>
public sealed record SessionHolder
{
    private SessionHolder() { }

    public Guid? AccountId { get; private init; }

    public string? ClientId { get; private init; }

    public Guid? ApiKeyId { get; private init; }

    public static SessionHolder Account(Guid id) => new() { AccountId = id };

    public static SessionHolder Client(string id) => new() { ClientId = id };

    public static SessionHolder ApiKey(Guid id) => new() { ApiKeyId = id };
}

/// <summary>
/// What vouches for a session at the moment it is opened: the epochs of the account and client as they were when the
/// credential was checked, the API key that was used, the one-time code that is consumed. The commit holds only if all
/// of it still stands.
/// </summary>
public sealed record Preconditions
{
    public (Guid Id, long Epoch)? Account { get; init; }

    public (string Id, long Epoch)? Client { get; init; }

    /// <summary>Must not be revoked and not frozen.</summary>
    public Guid? ApiKeyId { get; init; }

    /// <summary>How often the API key may have logged in; only together with <see cref="ApiKeyId"/>.</summary>
    public LoginAllowance? Logins { get; init; }

    /// <summary>The subscription the login came with must still be active.</summary>
    public Guid? SubscriptionId { get; init; }

    /// <summary>
    /// The session by which the account has let the client in: must be live. Only together with <see cref="Account"/>,
    /// whose row guards it.
    /// </summary>
    public SessionId? LetInBy { get; init; }

    /// <summary>The stored hash of a one-time code: must be unused; is marked used, with the session it gave.</summary>
    public byte[]? CodeHash { get; init; }
}
