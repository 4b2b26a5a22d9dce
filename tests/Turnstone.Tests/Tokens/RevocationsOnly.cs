using Turnstone.Model;
using Turnstone.Sessions;
using Turnstone.Storage;

namespace Turnstone.Tests.Tokens;

/// <summary>A session store that knows revocations and nothing else.</summary>
internal sealed class RevocationsOnly : ISessionStore
{
    /// <summary>In the order of their changes.</summary>
    public List<RevokedSession> Revoked { get; } = [];

    /// <summary>After which change it was asked, each time.</summary>
    public List<long?> Asked { get; } = [];

    public bool Away { get; set; }

    public long History { get; set; } = 1;

    /// <summary>What it was told that it may have forgotten, each time.</summary>
    public List<IReadOnlyCollection<RevokedSession>> Repeated { get; } = [];

    public HolderMarks Marks { get; } = new();

    public Task<RevocationNews> RevokedAfterAsync(ChangePoint? change, CancellationToken cancellationToken)
    {
        if (Away)
        {
            throw new StoreUnavailableException();
        }

        Asked.Add(change?.Next);
        var known = change is null || change.Next > Revoked.Count ? 0 : (int)change.Next;
        return Task.FromResult(new RevocationNews(new ChangePoint(Revoked.Count, [], History), Revoked[known..]));
    }

    public Task<Receipt> OpenAsync(
        Session session,
        Preconditions preconditions,
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

    public Task<IReadOnlyList<Session>> FindAllAsync(
        IReadOnlyCollection<SessionId> ids,
        CancellationToken cancellationToken
    ) => throw new NotSupportedException();

    public Task<Receipt> EndAsync(
        SessionId id,
        RevocationReason reason,
        AuditEntry entry,
        CancellationToken cancellationToken
    ) => throw new NotSupportedException();

    public Task<Receipt> EndAllAsync(
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

    public Task<int> RepeatEndsAsync(IReadOnlyCollection<RevokedSession> ended, CancellationToken cancellationToken)
    {
        Repeated.Add(ended);
        return Task.FromResult(ended.Count);
    }

    public Task<int> SweepAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken) =>
        throw new NotSupportedException();
}
