using Turnstone.Model;
using Turnstone.Sessions;
using Turnstone.Storage.Engines;

namespace Turnstone.Storage.Sessions;

/// <summary>
/// Finds dead sessions by walking the primary key in bounded steps. An index on the end of a session would have to be
/// moved at every refresh; the walk costs one short read a step and never touches what a refresh needs. Where it
/// stopped is only remembered in memory: a new process begins again.
/// </summary>
internal sealed class SessionSweep(Engine engine)
{
    private const int Window = 1000;
    private const int LongestWalk = 200 * Window;

    private const string Dead =
        "access_expires_at < $2 AND CASE WHEN revoked_at IS NULL THEN refresh_expires_at < $2 "
        + "ELSE revoked_at + longest_access < $2 AND (refresh_expires_at < $2 OR revoked_at < $3) END";

    private const string Select =
        $"SELECT id, CASE WHEN {Dead} THEN 1 ELSE 0 END, {SessionRow.HolderColumns}, "
        + "opened_after, longest_access, version, access_expires_at, revoked_at "
        + "FROM sessions WHERE id > $1 ORDER BY id LIMIT $4";

    private byte[] walked = [];
    private DateTimeOffset walkBefore;

    private HolderMarks Marks => engine.Changes.Marks;

    /// <summary>
    /// Walks on until the limit is removed, the table has ended, or the walk is long enough for one step.
    /// </summary>
    public async Task<int> StepAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken)
    {
        var removed = 0;
        for (var seen = 0; seen < LongestWalk && removed < limit; seen += Window)
        {
            walkBefore = walked.Length == 0 ? before : walkBefore;
            var window = await ReadAsync(before, cancellationToken);
            var room = limit - removed;
            var dead = window.Where(row => row.Dead || row.Ended).Take(room).ToList();
            removed += await RemoveAsync(dead, before, cancellationToken);

            // With the limit reached inside a window, the walk goes on behind the last one that was tried.
            walked =
                dead.Count == room ? dead[^1].Id
                : window.Count == Window ? window[^1].Id
                : [];
            if (walked.Length == 0)
            {
                await RemoveMarksAsync(limit, cancellationToken);
                break;
            }
        }

        return removed;
    }

    private Task<List<Candidate>> ReadAsync(DateTimeOffset before, CancellationToken cancellationToken) =>
        engine.ReadAsync(
            async db =>
            {
                await Sessions.Marks.CatchUpAsync(db, Marks);
                return await db.ListAsync(
                    Select,
                    row => Read(row, before),
                    walked,
                    before,
                    before - SessionLimits.LongestReopening,
                    Window
                );
            },
            cancellationToken
        );

    private Candidate Read(Row row, DateTimeOffset before)
    {
        var mark = Marks.Find(SessionRow.ReadHolders(row, 2), new SessionId(row.Id(0)), row.Number(7));
        return new(
            row.Bytes(0),
            row.Flag(1),
            mark is not null && IsEndedBy(mark, row) && DeadBy(mark, row) < before,
            row.Number(9),
            row.Time(10)
        );
    }

    // One that was revoked by itself stays for as long as its own times say: the journal is compared with it.
    private static bool IsEndedBy(HolderMark mark, Row row) =>
        mark.Holder.Kind is HolderKind.OwnTokens || row.MaybeTime(11) is null;

    // The row of one of a client's own tokens says only that this one was revoked, which the mark says of all of them.
    private static DateTimeOffset DeadBy(HolderMark mark, Row row)
    {
        if (mark.Holder.Kind is HolderKind.OwnTokens)
        {
            return mark.At;
        }

        var (longest, last) = (mark.At + TimeSpan.FromMicroseconds(row.Number(8)), row.Time(10));
        return last > longest ? last : longest;
    }

    // The condition again: a store that was put back lets a session live on that looked dead when it was read. One that
    // a mark has ended cannot be written by anybody, so its version is the condition.
    private Task<int> RemoveAsync(List<Candidate> dead, DateTimeOffset before, CancellationToken cancellationToken) =>
        dead.Count == 0
            ? Task.FromResult(0)
            : engine.WriteAsync(
                async db =>
                    await db.ExecuteManyAsync(
                        $"DELETE FROM sessions WHERE id = $1 AND {Dead}",
                        [
                            .. dead.Where(row => row.Dead)
                                .Select(row =>
                                    new object?[] { row.Id, before, before - SessionLimits.LongestReopening }
                                ),
                        ]
                    )
                    + await db.ExecuteManyAsync(
                        "DELETE FROM sessions WHERE id = $1 AND version = $2 AND access_expires_at = $3",
                        [
                            .. dead.Where(row => !row.Dead)
                                .Select(row => new object?[] { row.Id, row.Version, row.AccessExpiresAt }),
                        ]
                    ),
                cancellationToken
            );

    // A whole walk has removed all that these marks ended: no access token of theirs was good for longer.
    private async Task RemoveMarksAsync(int limit, CancellationToken cancellationToken)
    {
        var before = walkBefore - AccessTokenLimits.LongestLifetime;
        while (
            await engine.ReadAsync(
                db => db.AnyAsync("SELECT 1 FROM marks WHERE at < $1 LIMIT 1", before),
                cancellationToken
            )
        )
        {
            // Some at a time: whoever waits for a commit is let between.
            await engine.WriteAsync(
                db =>
                    db.ExecuteAsync(
                        "DELETE FROM marks WHERE number IN "
                            + "(SELECT number FROM marks WHERE at < $1 ORDER BY number LIMIT $2)",
                        before,
                        limit
                    ),
                cancellationToken
            );
        }

        Marks.Forget(before);
    }

    /// <summary>A row of the walk.</summary>
    /// <param name="Id">Its id.</param>
    /// <param name="Dead">Its own times say that it is dead.</param>
    /// <param name="Ended">A mark ended it, and its tokens are dead.</param>
    /// <param name="Version">The version that was read.</param>
    /// <param name="AccessExpiresAt">The end of its access token that was read.</param>
    private readonly record struct Candidate(
        byte[] Id,
        bool Dead,
        bool Ended,
        long Version,
        DateTimeOffset AccessExpiresAt
    );
}
