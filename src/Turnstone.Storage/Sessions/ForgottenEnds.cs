using Turnstone.Model;
using Turnstone.Sessions;
using Turnstone.Storage.Audit;
using Turnstone.Storage.Engines;

namespace Turnstone.Storage.Sessions;

/// <summary>
/// Writes again what this process knows to have ended and a store that came back older has forgotten: after a failover
/// that lost the last commits, or after two primaries.
/// </summary>
internal sealed class ForgottenEnds(Engine engine, TimeProvider time)
{
    private const int Step = 500;

    private HolderMarks Marks => engine.Changes.Marks;

    /// <summary>
    /// Whether the store has forgotten one of these; none is so old that a sweep may have removed it.
    /// </summary>
    public async Task<bool> LacksAsync(
        IReadOnlyCollection<RevokedSession> ended,
        IReadOnlyCollection<HolderMark> marks,
        CancellationToken cancellationToken
    )
    {
        var oldest = time.GetUtcNow() - AccessTokenLimits.LongestLifetime;
        foreach (var some in marks.Where(mark => mark.At > oldest).Chunk(Step))
        {
            if ((await engine.ReadAsync(db => MissingAsync(db, some), cancellationToken)).Count > 0)
            {
                return true;
            }
        }

        foreach (var some in ended.DistinctBy(session => session.Id).Chunk(Step))
        {
            var there = await engine.ReadAsync(
                async db => (await db.ReadSessionsAsync([.. some.Select(session => session.Id)])).Rows,
                cancellationToken
            );
            if (there.Count < some.Length || there.Exists(row => Marks.Apply(row).RevokedAt is null))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Answers how many marks and sessions the store had forgotten.</summary>
    /// <param name="ended">Sessions that have ended.</param>
    /// <param name="storeFrom">The moment that the store is from, or later.</param>
    /// <param name="cancellationToken">Stops it between two steps.</param>
    public async Task<int> WriteAsync(
        IEnumerable<RevokedSession> ended,
        DateTimeOffset storeFrom,
        CancellationToken cancellationToken
    )
    {
        var written = 0;

        // None that a sweep may have removed: no access token is left of what they ended.
        var oldest = storeFrom - AccessTokenLimits.LongestLifetime;
        foreach (var marks in Marks.All.Where(mark => mark.At > oldest).OrderBy(mark => mark.Number).Chunk(Step))
        {
            written += await engine.WriteAsync(db => WriteAsync(db, marks), cancellationToken);
        }

        Marks.Repeated();
        foreach (var sessions in ended.Chunk(Step))
        {
            written += await engine.WriteAsync(db => WriteAsync(db, sessions), cancellationToken);
        }

        if (written > 0)
        {
            engine.Changes.Forgot.Note();
        }

        return written;
    }

    private async Task<int> WriteAsync(Db db, HolderMark[] marks)
    {
        if ((await MissingAsync(db, marks)).Count == 0)
        {
            return 0;
        }

        // Asked again: another node may have written them meanwhile.
        await db.LockMarksAsync();
        var missing = await MissingAsync(db, marks);
        foreach (var mark in missing)
        {
            await Sessions.Marks.RepeatAsync(db, mark);
        }

        await AuditRow.AppendAsync(db, missing.ConvertAll(Entry));

        // Clients are read again: each knows the last mark, which its next token is issued after.
        db.Announce(ChangeKind.Directory);
        return missing.Count;
    }

    // Its sessions have ended again. What opened them may be as it was: whoever reads this can end that too.
    private AuditEntry Entry(HolderMark mark) =>
        new()
        {
            Event = AuditEvent.StoreForgot,
            At = time.GetUtcNow(),
            Caller = Caller.Operator,
            AccountId = mark.Holder.AccountId,
            ClientId = mark.Holder.ClientId,
            ApiKeyId = mark.Holder.ApiKeyId,
            Detail = $"all of {mark.Holder.Kind} ended again: {mark.Reason} of {mark.At:u}",
        };

    private static async Task<List<HolderMark>> MissingAsync(Db db, HolderMark[] marks)
    {
        var there = await db.ListOfAsync(
            $"SELECT number, holder FROM marks WHERE {db.OneOf("number")}",
            row => (row.Number(0), row.Text(1)),
            [.. marks.Select(mark => mark.Number)]
        );
        return [.. marks.Where(mark => !there.Contains((mark.Number, mark.Holder.ToString())))];
    }

    private async Task<int> WriteAsync(Db db, RevokedSession[] ended)
    {
        // The journal may have one twice.
        List<RevokedSession> sessions = [.. ended.DistinctBy(session => session.Id)];
        var (rows, _) = await db.ReadSessionsAsync([.. sessions.Select(session => session.Id)]);
        var known = rows.ToDictionary(row => row.Id);
        var now = time.GetUtcNow();
        var (written, gone) = (0, new List<Session>());
        foreach (var session in sessions)
        {
            if (!known.TryGetValue(session.Id, out var row))
            {
                if (CanComeBack(session, now))
                {
                    gone.Add(EndedSession.Of(session, now));
                }
            }
            else if (Marks.Apply(row).RevokedAt is null)
            {
                await Revocations.EndOneAsync(db, session.Id, EndedSession.Reason, now, session.RefreshDeadAt);
                written++;
            }
        }

        await SessionRow.InsertAsync(db, gone);
        if (gone.Count > 0)
        {
            await db.NumberChangeAsync(gone.ConvertAll(row => row.Id));
            db.Announce(gone.ConvertAll(row => row.ToRevoked()));
        }

        return written + gone.Count;
    }

    // One without a row: its refresh token opens it again for a time, its access tokens are good until their end.
    private static bool CanComeBack(RevokedSession session, DateTimeOffset now) =>
        session.AccessDeadAt + AccessTokenLimits.Skew > now
        || (session.OwnTokenOf is null && session.RevokedAt > now - SessionLimits.LongestReopening);
}
