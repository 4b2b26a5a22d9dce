using Turnstone.Model;
using Turnstone.Sessions;
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

    /// <summary>Answers how many marks and sessions the store had forgotten.</summary>
    public async Task<int> WriteAsync(IReadOnlyCollection<RevokedSession> ended, CancellationToken cancellationToken)
    {
        var written = 0;

        // None that a sweep may have removed: no access token is left of what they ended.
        var oldest = time.GetUtcNow() - AccessTokenLimits.LongestLifetime;
        foreach (var marks in Marks.All.Where(mark => mark.At > oldest).OrderBy(mark => mark.Number).Chunk(Step))
        {
            written += await engine.WriteAsync(db => WriteAsync(db, marks), cancellationToken);
        }

        Marks.Repeated();
        foreach (var sessions in ended.Chunk(Step))
        {
            written += await engine.WriteAsync(db => WriteAsync(db, sessions), cancellationToken);
        }

        return written;
    }

    private static async Task<int> WriteAsync(Db db, HolderMark[] marks)
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

        // Clients are read again: each knows the last mark, which its next token is issued after.
        db.Announce(ChangeKind.Directory);
        return missing.Count;
    }

    private static async Task<List<HolderMark>> MissingAsync(Db db, HolderMark[] marks)
    {
        var there = await db.ListOfAsync(
            $"SELECT number, holder FROM marks WHERE {db.OneOf("number")}",
            row => (row.Number(0), row.Text(1)),
            [.. marks.Select(mark => mark.Number)]
        );
        return [.. marks.Where(mark => !there.Contains((mark.Number, mark.Holder.ToString())))];
    }

    private async Task<int> WriteAsync(Db db, RevokedSession[] sessions)
    {
        var (rows, _) = await db.ReadSessionsAsync([.. sessions.Select(session => session.Id)]);
        var known = rows.ToDictionary(row => row.Id);
        var now = time.GetUtcNow();
        var (written, gone) = (0, new List<Session>());
        foreach (var session in sessions)
        {
            if (!known.TryGetValue(session.Id, out var row))
            {
                gone.Add(EndedSession.Of(session, now));
            }
            else if (Marks.Apply(row).RevokedAt is null)
            {
                await Revocations.EndOneAsync(db, session.Id, EndedSession.Reason, now);
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
}
