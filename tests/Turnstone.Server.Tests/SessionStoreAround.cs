using Turnstone.Model;
using Turnstone.Sessions;
using Turnstone.Storage;

namespace Turnstone.Server.Tests;

/// <summary>The real store, for a test that changes what one of its calls does.</summary>
internal abstract class SessionStoreAround(ISessionStore store) : ISessionStore
{
    public HolderMarks Marks => store.Marks;

    public virtual Task<IReadOnlyList<Session>> ListAsync(
        SessionHolder holder,
        int limit,
        CancellationToken cancellationToken,
        SessionPlace? after = null
    ) => store.ListAsync(holder, limit, cancellationToken, after);

    public Task<Receipt> OpenAsync(
        Session session,
        Preconditions preconditions,
        AuditEntry entry,
        CancellationToken cancellationToken
    ) => store.OpenAsync(session, preconditions, entry, cancellationToken);

    public virtual Task<RotationDecision> RotateAsync(
        RefreshAttempt attempt,
        Func<RotationDecision, AuditEntry> reuseEntry,
        CancellationToken cancellationToken
    ) => store.RotateAsync(attempt, reuseEntry, cancellationToken);

    public Task<Session?> FindAsync(SessionId id, CancellationToken cancellationToken) =>
        store.FindAsync(id, cancellationToken);

    public Task<IReadOnlyList<Session>> FindAllAsync(
        IReadOnlyCollection<SessionId> ids,
        CancellationToken cancellationToken
    ) => store.FindAllAsync(ids, cancellationToken);

    public Task<Receipt> EndAsync(
        SessionId id,
        RevocationReason reason,
        AuditEntry entry,
        CancellationToken cancellationToken
    ) => store.EndAsync(id, reason, entry, cancellationToken);

    public Task<Receipt> EndAllAsync(
        SessionHolder holder,
        RevocationReason reason,
        AuditEntry entry,
        CancellationToken cancellationToken,
        SessionId? except = null
    ) => store.EndAllAsync(holder, reason, entry, cancellationToken, except);

    public virtual Task<RevocationNews> RevokedAfterAsync(ChangePoint? change, CancellationToken cancellationToken) =>
        store.RevokedAfterAsync(change, cancellationToken);

    public Task<int> RepeatEndsAsync(IReadOnlyCollection<RevokedSession> ended, CancellationToken cancellationToken) =>
        store.RepeatEndsAsync(ended, cancellationToken);

    public Task<int> SweepAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken) =>
        store.SweepAsync(before, limit, cancellationToken);
}
