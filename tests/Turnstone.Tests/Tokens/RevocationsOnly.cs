using Turnstone.Model;
using Turnstone.Sessions;
using Turnstone.Storage;

namespace Turnstone.Tests.Tokens;

/// <summary>A session store that knows revocations and nothing else.</summary>
internal sealed class RevocationsOnly : ISessionStore
{
    public List<RevokedSession> Revoked { get; } = [];

    /// <summary>From when on it was asked, each time.</summary>
    public List<DateTimeOffset> Asked { get; } = [];

    public bool Away { get; set; }

    public Task<IReadOnlyList<RevokedSession>> RevokedSinceAsync(
        DateTimeOffset since,
        CancellationToken cancellationToken
    )
    {
        if (Away)
        {
            throw new StoreUnavailableException();
        }

        Asked.Add(since);
        return Task.FromResult<IReadOnlyList<RevokedSession>>([
            .. Revoked.Where(session => session.RevokedAt >= since),
        ]);
    }

    public Task<bool> OpenAsync(
        Session session,
        Preconditions vouchers,
        AuditEntry entry,
        CancellationToken cancellationToken
    ) => throw new NotSupportedException();

    public Task<RotationDecision> RotateAsync(
        RefreshAttempt attempt,
        Func<RotationDecision, AuditEntry> reuseEntry,
        CancellationToken cancellationToken
    ) => throw new NotSupportedException();

    public Task<Session?> FindAsync(SessionId id, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<bool> RevokeAsync(
        SessionId id,
        RevocationReason reason,
        AuditEntry entry,
        CancellationToken cancellationToken
    ) => throw new NotSupportedException();

    public Task<int> RevokeAllAsync(
        SessionHolder holder,
        RevocationReason reason,
        AuditEntry entry,
        CancellationToken cancellationToken,
        SessionId? except = null
    ) => throw new NotSupportedException();

    public Task<IReadOnlyList<Session>> ListAsync(
        SessionHolder holder,
        int limit,
        CancellationToken cancellationToken,
        SessionPlace? after = null
    ) => throw new NotSupportedException();

    public Task<int> SweepAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken) =>
        throw new NotSupportedException();
}
