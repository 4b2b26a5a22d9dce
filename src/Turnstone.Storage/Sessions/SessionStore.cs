using Turnstone.Model;
using Turnstone.Sessions;
using Turnstone.Storage.Audit;
using Turnstone.Storage.Engines;

namespace Turnstone.Storage.Sessions;

internal sealed class SessionStore(Engine engine, TimeProvider time) : ISessionStore
{
    // Readers of access tokens allow for clocks that differ: until then a token past its end may still be taken
    // somewhere.
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(1);

    private readonly SessionSweep sweep = new(engine);

    public async Task<bool> OpenAsync(
        Session session,
        Preconditions vouchers,
        AuditEntry entry,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await engine.OpenAsync(new PendingOpening(session, vouchers, entry, time, cancellationToken));
        }
        catch (DuplicateException)
        {
            return false;
        }
    }

    public Task<RotationDecision> RotateAsync(
        RefreshAttempt attempt,
        Func<RotationDecision, AuditEntry> reuseEntry,
        CancellationToken cancellationToken
    ) => engine.RotateAsync(new PendingRotation(attempt, reuseEntry, time, cancellationToken));

    public Task<Session?> FindAsync(SessionId id, CancellationToken cancellationToken) =>
        engine.ReadAsync(
            db => db.FirstAsync($"SELECT {SessionRow.Columns} FROM sessions WHERE id = $1", SessionRow.Read, id),
            cancellationToken
        );

    public Task<bool> RevokeAsync(
        SessionId id,
        RevocationReason reason,
        AuditEntry entry,
        CancellationToken cancellationToken
    ) =>
        engine.WriteAsync(
            async db =>
            {
                if (await Revocations.OfOneAsync(db, id, reason, time.GetUtcNow()) == 0)
                {
                    return false;
                }

                await AuditRow.AppendAsync(db, entry);
                return true;
            },
            cancellationToken
        );

    public Task<int> RevokeAllAsync(
        SessionHolder holder,
        RevocationReason reason,
        AuditEntry entry,
        CancellationToken cancellationToken,
        SessionId? except = null
    ) =>
        engine.WriteAsync(
            async db =>
            {
                // The holder's row first: a session that is being opened has either been written by then, and is found
                // below, or finds the new epoch.
                await WithdrawAsync(db, holder, reason, time.GetUtcNow());
                var ended = await Revocations.OfAllAsync(db, holder, reason, time.GetUtcNow(), except);
                db.Announce(ChangeKind.Directory);
                await AuditRow.AppendAsync(db, entry);
                return ended;
            },
            cancellationToken
        );

    public Task<IReadOnlyList<Session>> ListAsync(
        SessionHolder holder,
        int limit,
        CancellationToken cancellationToken,
        SessionPlace? after = null
    ) =>
        engine.ReadAsync<IReadOnlyList<Session>>(
            async db =>
            {
                Task<List<Session>> PageAsync<T>(string column, IReadOnlyCollection<T> holders) =>
                    this.PageAsync(db, column, holders, limit, after);
                List<Session> pages = holder switch
                {
                    { AccountId: { } account } =>
                    [
                        .. await PageAsync(Revocations.OwnOfAccount, [account]),
                        .. await PageAsync("api_key_id", await Revocations.ApiKeysOfAsync(db, account)),
                    ],
                    { ClientId: { } client } => await PageAsync("client_id", [client]),
                    { ApiKeyId: var key } => await PageAsync("api_key_id", [key!.Value]),
                };
                return
                [
                    .. pages
                        .OrderByDescending(session => session.CreatedAt)
                        .ThenByDescending(session => session.Id.Value)
                        .Take(limit),
                ];
            },
            cancellationToken
        );

    public Task<IReadOnlyList<RevokedSession>> RevokedSinceAsync(
        DateTimeOffset since,
        CancellationToken cancellationToken
    ) =>
        engine.ReadAsync<IReadOnlyList<RevokedSession>>(
            async db =>
                await db.ListAsync(
                    "SELECT id, revoked_at, CASE WHEN revoked_at + longest_access > access_expires_at THEN revoked_at + longest_access ELSE access_expires_at END FROM sessions "
                        + "WHERE revoked_at IS NOT NULL AND revoked_at >= $1 AND (access_expires_at > $2 OR revoked_at + longest_access > $2)",
                    row => new RevokedSession(new SessionId(row.Id(0)), row.Time(1), row.Time(2)),
                    since,
                    time.GetUtcNow() - Skew
                ),
            cancellationToken
        );

    public Task<int> SweepAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken) =>
        sweep.StepAsync(before, limit, cancellationToken);

    private Task<List<Session>> PageAsync<T>(
        Db db,
        string column,
        IReadOnlyCollection<T> holders,
        int limit,
        SessionPlace? after
    )
    {
        var beyond = after is null ? "" : "AND (created_at < $4 OR (created_at = $4 AND id < $5)) ";
        object?[] place = after is { } last ? [last.CreatedAt, last.Id] : [];
        return db.ListOfAsync(
            $"SELECT {SessionRow.Columns} FROM sessions WHERE {db.OneOf(column)} AND revoked_at IS NULL AND refresh_expires_at > $2 {beyond}"
                + "ORDER BY created_at DESC, id DESC LIMIT $3",
            SessionRow.Read,
            holders,
            [time.GetUtcNow(), limit, .. place]
        );
    }

    private static Task WithdrawAsync(Db db, SessionHolder holder, RevocationReason reason, DateTimeOffset now) =>
        holder switch
        {
            { AccountId: { } account } => db.ExecuteAsync(
                "UPDATE accounts SET epoch = epoch + 1 WHERE id = $1",
                account
            ),
            { ClientId: { } client } => Revocations.OfClientCredentialsAsync(db, "id", client, reason, now),
            { ApiKeyId: var key } => db.AnyAsync($"SELECT 1 FROM api_keys WHERE id = $1 {db.ForUpdate}", key),
        };
}
