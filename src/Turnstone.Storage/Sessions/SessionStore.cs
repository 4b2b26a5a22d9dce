using Turnstone.Model;
using Turnstone.Sessions;
using Turnstone.Storage.Audit;
using Turnstone.Storage.Engines;
using Turnstone.Storage.Journal;

namespace Turnstone.Storage.Sessions;

internal sealed class SessionStore(Engine engine, TimeProvider time, ForgottenEnds forgotten, StoreJournal journal)
    : ISessionStore
{
    private readonly SessionSweep sweep = new(engine);

    public HolderMarks Marks => engine.Changes.Marks;

    public async Task<Receipt> OpenAsync(
        Session session,
        Preconditions preconditions,
        AuditEntry entry,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await engine.OpenAsync(new PendingOpening(session, preconditions, entry, time, cancellationToken));
        }
        catch (DuplicateException)
        {
            return Receipt.Conflict;
        }
    }

    public Task<RotationDecision> RotateAsync(
        RefreshAttempt attempt,
        Func<RotationDecision, AuditEntry> reuseEntry,
        CancellationToken cancellationToken
    ) => engine.RotateAsync(new PendingRotation(attempt, reuseEntry, engine.Silent, time, cancellationToken));

    public Task<Session?> FindAsync(SessionId id, CancellationToken cancellationToken) =>
        engine.ReadAsync(db => FindAsync(db, id), cancellationToken);

    public Task<IReadOnlyList<Session>> FindAllAsync(
        IReadOnlyCollection<SessionId> ids,
        CancellationToken cancellationToken
    ) =>
        engine.ReadAsync<IReadOnlyList<Session>>(
            async db =>
            {
                if (ids.Count == 0)
                {
                    return [];
                }

                var (rows, lastMark) = await db.ReadSessionsAsync(ids);
                await Sessions.Marks.CatchUpAsync(db, Marks, lastMark);
                return [.. rows.Select(Marks.Apply)];
            },
            cancellationToken
        );

    public Task<Receipt> EndAsync(
        SessionId id,
        RevocationReason reason,
        AuditEntry entry,
        CancellationToken cancellationToken
    ) =>
        engine.WriteAsync(
            async db =>
            {
                if (
                    await FindAsync(db, id) is not { RevokedAt: null }
                    || await Revocations.EndOneAsync(db, id, reason, time.GetUtcNow()) is not { } ended
                )
                {
                    return Receipt.Withdrawn;
                }

                await AuditRow.AppendAsync(db, entry);
                return Receipt.Committed with { Ended = [ended], EndedCount = new(1) };
            },
            cancellationToken
        );

    public async Task<Receipt> EndAllAsync(
        SessionHolder holder,
        RevocationReason reason,
        AuditEntry entry,
        CancellationToken cancellationToken,
        SessionId? except = null
    )
    {
        var count = await CountAsync(holder, except, cancellationToken);
        return await engine.WriteAsync(
            async db =>
            {
                await db.LockMarksAsync();
                var mark = await EndAllAsync(db, holder, reason, except);
                await AuditRow.AppendAsync(db, entry);
                return Receipt.Committed with { EndedCount = count, LastMark = mark.Number };
            },
            cancellationToken
        );
    }

    public Task<IReadOnlyList<Session>> ListAsync(
        SessionHolder holder,
        int limit,
        CancellationToken cancellationToken,
        SessionPlace? after = null
    ) =>
        engine.ReadAsync<IReadOnlyList<Session>>(
            async db => await SessionLists.ReadAsync(db, Marks, holder, time.GetUtcNow(), limit, after),
            cancellationToken
        );

    // Each node asks this each second: one that has no refreshes learns by it too that the store is silent.
    public async Task<RevocationNews> RevokedAfterAsync(ChangePoint? change, CancellationToken cancellationToken)
    {
        var asked = time.GetUtcNow();
        try
        {
            var read = await engine.ReadAsync(db => RevokedAfterAsync(db, change), cancellationToken);
            engine.Silent.Answered();
            return read;
        }
        catch (StoreUnavailableException reason) when (reason.Cause is not UnavailableCause.ConnectionsTaken)
        {
            engine.Silent.Failed(asked);
            throw;
        }
    }

    public async Task<int> RepeatEndsAsync(
        IReadOnlyCollection<RevokedSession> ended,
        CancellationToken cancellationToken
    ) =>
        await forgotten.WriteAsync(ended, time.GetUtcNow(), cancellationToken)
        + await journal.RepeatAsync(cancellationToken);

    public Task<int> SweepAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken) =>
        sweep.StepAsync(before, limit, cancellationToken);

    // For a page to tell: read before, so that nobody waits for the counting.
    private Task<SessionCount> CountAsync(
        SessionHolder holder,
        SessionId? except,
        CancellationToken cancellationToken
    ) =>
        engine.ReadAsync(db => SessionLists.CountAsync(db, Marks, holder, time.GetUtcNow(), except), cancellationToken);

    private async Task<RevocationNews> RevokedAfterAsync(Db db, ChangePoint? change)
    {
        var news = await RevokedRows.ReadAsync(db, change, time.GetUtcNow());
        if (news.Change.Next < change?.Next)
        {
            engine.Changes.Forgot.Note();
        }

        await (
            news.Change.MayLack(change)
                ? Sessions.Marks.ReadAnewAsync(db, Marks)
                : Sessions.Marks.CatchUpAsync(db, Marks)
        );
        return news;
    }

    private async Task<HolderMark> EndAllAsync(Db db, SessionHolder holder, RevocationReason reason, SessionId? except)
    {
        // A session that has ended does not come back by being excepted from a later mark.
        var kept = except is { } id && await FindAsync(db, id) is { RevokedAt: null } ? except : null;
        if (holder is { Kind: HolderKind.Client, ClientId: { } client })
        {
            return await Revocations.EndClientAsync(db, client, reason, time.GetUtcNow(), kept);
        }

        if (holder is { Kind: HolderKind.Account, AccountId: { } account })
        {
            await db.ExecuteAsync("UPDATE accounts SET epoch = epoch + 1 WHERE id = $1", account);
            db.Announce(ChangeKind.Directory);
        }

        if (holder.Kind is HolderKind.OwnTokens)
        {
            // The client is read again: it knows the last mark, which its next token is issued after.
            db.Announce(ChangeKind.Directory);
        }

        if (holder.Kind is HolderKind.Everyone)
        {
            // A code that was handed out before would open a session after. Clients are read again: each knows the last
            // mark, which its next token is issued after.
            await db.ExecuteAsync("DELETE FROM codes WHERE used_at IS NULL");
            db.Announce(ChangeKind.Directory);
        }

        return await Sessions.Marks.MakeAsync(db, holder, reason, time.GetUtcNow(), kept);
    }

    private async Task<Session?> FindAsync(Db db, SessionId id)
    {
        await Sessions.Marks.CatchUpAsync(db, Marks);
        var row = await db.FirstAsync($"SELECT {SessionRow.Columns} FROM sessions WHERE id = $1", SessionRow.Read, id);
        return row is null ? null : Marks.Apply(row);
    }
}
