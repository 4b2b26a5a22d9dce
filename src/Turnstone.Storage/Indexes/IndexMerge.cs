using Turnstone.Model;
using Turnstone.Storage.Engines;

namespace Turnstone.Storage.Indexes;

/// <summary>
/// Makes one run of several neighbours, from what there still is of their rows: so there are few runs to look into, and
/// what is removed from the table leaves them too.
/// </summary>
internal sealed class IndexMerge(Engine engine, IndexSource source, TimeProvider time, int rowsOfRun = 32_768)
{
    private const int Fewest = 4;

    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    /// <summary>From this age on a run is made again each time that its age has doubled.</summary>
    private static readonly TimeSpan Young = TimeSpan.FromDays(4);

    private readonly IndexRunWriter writer = new(engine, source);
    private DateTimeOffset looked = DateTimeOffset.MinValue;
    private bool removed;

    private int Most => Fewest * rowsOfRun;

    /// <summary>Merges once if there is something to merge; answers whether there may be more.</summary>
    public async Task<bool> StepAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (now - looked < Pause)
        {
            return false;
        }

        await using var lead = await engine.TryLeadAsync(cancellationToken);
        var state = await engine.ReadAsync(source.StateAsync, cancellationToken);
        if (lead is null || !state.Complete)
        {
            return false;
        }

        var runs = await engine.ReadAsync(RunsAsync, cancellationToken);
        await RemoveOrphansAsync(runs, state.NextRun, cancellationToken);
        if (Next(runs, now) is { Count: > 0 } next)
        {
            await MergeAsync(runs, next, state.NextRun, now, cancellationToken);
            return true;
        }

        looked = now;
        return false;
    }

    private async Task<List<IndexRun>> RunsAsync(Db db) =>
        await db.ListAsync(
            "SELECT run, last_id, size, made_at FROM index_runs WHERE source = $1 AND run > 0 ORDER BY last_id",
            row => new IndexRun(row.Number(0), row.Id(1), row.Number(2), row.Time(3)),
            source.Number
        );

    /// <summary>The neighbours that are to become one.</summary>
    private List<IndexRun> Next(List<IndexRun> runs, DateTimeOffset now)
    {
        for (var i = 0; i < runs.Count; i++)
        {
            if (From(i) is { Count: >= Fewest } several)
            {
                return several;
            }
        }

        var old = source.RowsEnd ? runs.FindIndex(run => IsOld(run, now)) : -1;
        return old < 0 ? [] : From(old);

        List<IndexRun> From(int first)
        {
            var (several, rows) = (new List<IndexRun>(), 0L);
            foreach (var run in runs.Skip(first))
            {
                rows += run.Rows;
                if (several.Count > 0 && rows > Most)
                {
                    break;
                }

                several.Add(run);
            }

            return several;
        }
    }

    private static bool IsOld(IndexRun run, DateTimeOffset now)
    {
        var last = new SessionId(run.Last).CreatedAt;
        return now - last > Young && run.MadeAt - last < (now - last) / 2;
    }

    // What came late is read with the others. It is listed before, so that nothing goes that comes meanwhile.
    private async Task MergeAsync(
        List<IndexRun> all,
        List<IndexRun> several,
        long number,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        if (!await writer.ClaimAsync(number, cancellationToken))
        {
            return;
        }

        var before = all.IndexOf(several[0]) is > 0 and var at ? all[at - 1].Last : Guid.Empty;
        var last = several[^1].Last;
        var late = await engine.ReadAsync(db => LateAsync(db, before, last), cancellationToken);
        var (rows, _) = await writer.WriteAsync(number, before, last, int.MaxValue, cancellationToken);
        if (await engine.WriteAsync(db => FinishAsync(db, several, number, rows, now), cancellationToken))
        {
            foreach (var run in several)
            {
                await IndexSweep.RemoveRunAsync(engine, source, run.Number, cancellationToken);
            }

            await IndexSweep.RemoveAsync(engine, late, cancellationToken);
        }
    }

    private Task<List<object?[]>> LateAsync(Db db, Guid after, Guid upTo) =>
        db.ListAsync(
            "SELECT holder, last_id FROM index_rows WHERE source = $1 AND run = 0 AND last_id > $2 AND last_id <= $3",
            row => new object?[] { source.Number, 0L, row.Id(0), row.Id(1) },
            source.Number,
            after,
            upTo
        );

    // Only if nobody has begun another one since, as in a fill.
    private async Task<bool> FinishAsync(
        Db db,
        List<IndexRun> several,
        long number,
        int rows,
        DateTimeOffset now
    )
    {
        var alone = await db.ExecuteAsync(
            "UPDATE index_state SET next_run = $2 WHERE source = $1 AND next_run = $2",
            source.Number,
            number + 1
        );
        if (alone == 0)
        {
            return false;
        }

        await db.ExecuteManyAsync(
            "DELETE FROM index_runs WHERE source = $1 AND run = $2",
            several.ConvertAll(run => new object?[] { source.Number, run.Number })
        );
        if (rows > 0)
        {
            await source.AddRunAsync(db, number, several[^1].Last, rows, now);
        }

        return true;
    }

    // Of a process that was killed between its last commit and the end of the removal.
    private async Task RemoveOrphansAsync(List<IndexRun> runs, long next, CancellationToken cancellationToken)
    {
        if (removed)
        {
            return;
        }

        var known = runs.ConvertAll(run => run.Number).ToHashSet();
        for (long? run = 0; run is not null; )
        {
            run = (
                await engine.ReadAsync(
                    db =>
                        db.ListAsync(
                            "SELECT run FROM index_rows WHERE source = $1 AND run > $2 AND run < $3 "
                                + "ORDER BY run LIMIT 1",
                            row => (long?)row.Number(0),
                            source.Number,
                            run.Value,
                            next
                        ),
                    cancellationToken
                )
            ).FirstOrDefault();
            if (run is { } orphan && !known.Contains(orphan))
            {
                await IndexSweep.RemoveRunAsync(engine, source, orphan, cancellationToken);
            }
        }

        removed = true;
    }

    private sealed record IndexRun(long Number, Guid Last, long Rows, DateTimeOffset MadeAt);
}
