using Turnstone.Storage.Engines;

namespace Turnstone.Storage.Indexes;

/// <summary>
/// Makes runs of what was written since the last one, on one node at a time and behind the commits. First the bound is
/// told, up to which the next run goes; whoever writes below it from then on adds entries of his own. Once those are
/// done who had begun before, the rows are read, sorted by their holders and written in small steps. The last step
/// makes the run visible and moves the position. A process that is killed in between leaves rows that nobody reads, and
/// the next run removes them.
/// </summary>
internal sealed class IndexFill(Engine engine, IndexSource source, TimeProvider time, int rowsOfRun = 32_768)
{
    private const int RowsOfStep = 250;
    private const int IdsOfRow = 256;
    private const int LookedBack = 16;

    private readonly IndexReplacement replacement = new(engine, source, time);

    /// <summary>
    /// Goes on by one run if there is enough for one; answers whether there may be enough for another one at once.
    /// </summary>
    public async Task<bool> StepAsync(CancellationToken cancellationToken)
    {
        var state = await engine.ReadAsync(source.StateAsync, cancellationToken);
        engine.Bounds.Set(source, state.Bound);
        if (!await replacement.HasBegunAsync(cancellationToken))
        {
            return false;
        }

        if (state.Bound == state.Position && !await IsDueAsync(state, cancellationToken))
        {
            return await CompleteAsync(state, cancellationToken);
        }

        await using var lead = await engine.TryLeadAsync(cancellationToken);
        return lead is not null
            && (
                state.Bound == state.Position
                    ? await AnnounceAsync(state, cancellationToken)
                    : await FillAsync(state, cancellationToken)
            );
    }

    private Guid Newest => IndexIds.Lowest(time.GetUtcNow() - IndexBounds.Margin);

    // Whether there are as many rows as a run has that are older than what is being written.
    private Task<bool> IsDueAsync(IndexState state, CancellationToken cancellationToken) =>
        engine.ReadAsync(
            async db =>
                await db.ListAsync(
                    $"SELECT id FROM {source.Table} WHERE id > $1 ORDER BY id LIMIT 1 OFFSET {rowsOfRun - 1}",
                    row => row.Id(0),
                    state.Position
                )
                    is [var last]
                && last < Newest,
            cancellationToken
        );

    private async Task<bool> AnnounceAsync(IndexState state, CancellationToken cancellationToken)
    {
        // Known here before it is committed: what this process commits after it is above it or has its own entries.
        var bound = Newest;
        engine.Bounds.Set(source, bound);
        return await engine.WriteAsync(
            async db =>
                await db.ExecuteAsync(
                    "UPDATE index_state SET bound = $2, announced = $3 WHERE source = $1 AND next_run = $4",
                    source.Number,
                    bound,
                    await db.OwnNumberAsync(),
                    state.NextRun
                ) == 1,
            cancellationToken
        );
    }

    private async Task<bool> FillAsync(IndexState state, CancellationToken cancellationToken)
    {
        var ended = await engine.ReadAsync(db => db.HaveEndedAsync(state.Announced), cancellationToken);
        if (ended is not Ended.All)
        {
            return ended is Ended.Unknown && await AnnounceAsync(state, cancellationToken);
        }

        if (!await ClaimAsync(state, cancellationToken))
        {
            return true;
        }

        await RemoveLeftoversAsync(state, cancellationToken);
        var (entries, read, last) = await engine.ReadAsync(db => ReadAsync(db, state), cancellationToken);
        foreach (var some in Rows(state.NextRun, entries).Chunk(RowsOfStep))
        {
            await engine.WriteAsync(db => db.InsertAsync(Into, some), cancellationToken);
        }

        var reached = read < rowsOfRun ? state.Bound : last;
        await engine.WriteAsync(db => FinishAsync(db, state, reached), cancellationToken);
        return true;
    }

    // The run has its number for itself: another process may have taken the lead, or share an embedded store.
    private Task<bool> ClaimAsync(IndexState state, CancellationToken cancellationToken) =>
        engine.WriteAsync(
            async db =>
                await db.ExecuteAsync(
                    "UPDATE index_state SET next_run = next_run + 1 WHERE source = $1 AND next_run = $2",
                    source.Number,
                    state.NextRun
                ) == 1,
            cancellationToken
        );

    // Of runs that were not finished. Whoever still writes one cannot finish it any more.
    private async Task RemoveLeftoversAsync(IndexState state, CancellationToken cancellationToken)
    {
        var first = Math.Max(1, state.NextRun - LookedBack);
        var finished = await engine.ReadAsync(
            db =>
                db.ListAsync(
                    "SELECT run FROM index_runs WHERE source = $1 AND run >= $2",
                    row => row.Number(0),
                    source.Number,
                    first
                ),
            cancellationToken
        );
        for (var run = first; run < state.NextRun; run++)
        {
            if (!finished.Contains(run))
            {
                await IndexSweep.RemoveRunAsync(engine, source, run, cancellationToken);
            }
        }
    }

    // Each login passes here: nothing is made for a single row.
    private async Task<(List<(Guid Holder, Guid Id)> Entries, int Read, Guid Last)> ReadAsync(Db db, IndexState state)
    {
        var entries = new List<(Guid Holder, Guid Id)>();
        var ids = await db.ListAsync(
            $"SELECT id, {string.Join(", ", source.Holders)} FROM {source.Table} WHERE id > $1 AND id <= $2 "
                + $"ORDER BY id LIMIT {rowsOfRun}",
            row =>
            {
                var id = row.Id(0);
                for (var i = 0; i < source.Holders.Count; i++)
                {
                    if (row.MaybeId(i + 1) is { } holder)
                    {
                        entries.Add((holder, id));
                    }
                }

                return id;
            },
            state.Position,
            state.Bound
        );
        entries.Sort();
        return (entries, ids.Count, ids.Count > 0 ? ids[^1] : state.Bound);
    }

    private IEnumerable<IndexRow> Rows(long run, List<(Guid Holder, Guid Id)> entries)
    {
        for (var from = 0; from < entries.Count; )
        {
            var to = from + 1;
            while (to < entries.Count && to - from < IdsOfRow && entries[to].Holder == entries[from].Holder)
            {
                to++;
            }

            yield return new(source.Number, run, entries[from].Holder, entries.GetRange(from, to - from));
            from = to;
        }
    }

    // Only if nobody has begun another one since: he has removed what there was of this one.
    private async Task FinishAsync(Db db, IndexState state, Guid reached)
    {
        var moved = await db.ExecuteAsync(
            "UPDATE index_state SET position = $2 WHERE source = $1 AND next_run = $3 "
                + "AND (position = $4 OR position IS NULL)",
            source.Number,
            reached,
            state.NextRun + 1,
            state.Position
        );
        if (moved == 1)
        {
            await db.ExecuteAsync(
                "INSERT INTO index_runs (source, run, last_id) VALUES ($1, $2, $3)",
                source.Number,
                state.NextRun,
                reached
            );
        }
    }

    // What is left is short enough to be read from the table.
    private async Task<bool> CompleteAsync(IndexState state, CancellationToken cancellationToken)
    {
        if (!state.Complete)
        {
            await engine.WriteAsync(
                db => db.ExecuteAsync("UPDATE index_state SET complete = 1 WHERE source = $1", source.Number),
                cancellationToken
            );
        }

        await replacement.DropAsync(cancellationToken);
        return false;
    }

    private static readonly Insertion<IndexRow> Into = new(
        "index_rows",
        new("source") { Number = row => row.Source },
        new("run") { Number = row => row.Run },
        new("holder") { Id = row => row.Holder },
        new("last_id") { Id = row => row.Ids[^1].Id },
        new("ids") { Bytes = row => IndexIds.Write(row.Ids) }
    );

    private sealed record IndexRow(long Source, long Run, Guid Holder, List<(Guid Holder, Guid Id)> Ids);
}
