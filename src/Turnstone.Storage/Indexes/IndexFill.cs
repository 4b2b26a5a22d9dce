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
    private readonly IndexRunWriter writer = new(engine, source);
    private readonly IndexReplacement replacement = new(engine, source.Replaced, source.Version, time);

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

        if (!await writer.ClaimAsync(state.NextRun, cancellationToken))
        {
            return true;
        }

        var (rows, last) = await writer.WriteAsync(
            state.NextRun,
            state.Position,
            state.Bound,
            rowsOfRun,
            cancellationToken
        );
        var reached = rows < rowsOfRun ? state.Bound : last;
        await engine.WriteAsync(db => FinishAsync(db, state, reached, rows), cancellationToken);
        return true;
    }

    // Only if nobody has begun another one since: he has removed what there was of this one.
    private async Task FinishAsync(Db db, IndexState state, Guid reached, int rows)
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
            await source.AddRunAsync(db, state.NextRun, reached, rows, time.GetUtcNow());
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
}
