using Turnstone.Storage.Engines;

namespace Turnstone.Storage.Indexes;

/// <summary>Removes what the runs have of rows that are gone, in small steps.</summary>
internal static class IndexSweep
{
    private const int Step = 250;

    private const string Next = "SELECT holder, last_id FROM index_rows WHERE source = $1 AND run = $2";

    /// <summary>What is only of rows before an id.</summary>
    public static async Task RemoveBeforeAsync(
        Engine engine,
        IndexSource source,
        Guid before,
        CancellationToken cancellationToken
    )
    {
        var runs = await engine.ReadAsync(
            db =>
                db.ListAsync(
                    "SELECT run FROM index_runs WHERE source = $1 AND last_id < $2 ORDER BY run",
                    row => row.Number(0),
                    source.Number,
                    before
                ),
            cancellationToken
        );
        foreach (var run in runs)
        {
            await RemoveRunAsync(engine, source, run, cancellationToken);
            await engine.WriteAsync(
                db => db.ExecuteAsync("DELETE FROM index_runs WHERE source = $1 AND run = $2", source.Number, run),
                cancellationToken
            );
        }

        await RemoveAsync(engine, source, 0, $"{Next} AND last_id < $3 LIMIT {Step}", before, cancellationToken);
    }

    /// <summary>All rows of a run.</summary>
    public static Task RemoveRunAsync(
        Engine engine,
        IndexSource source,
        long run,
        CancellationToken cancellationToken
    ) =>
        RemoveAsync(
            engine,
            source,
            run,
            $"{Next} AND last_id <= $3 ORDER BY holder LIMIT {Step}",
            IndexIds.Highest,
            cancellationToken
        );

    /// <summary>Rows by their source, run, holder and last id.</summary>
    public static async Task RemoveAsync(
        Engine engine,
        List<object?[]> rows,
        CancellationToken cancellationToken
    )
    {
        foreach (var some in rows.Chunk(Step))
        {
            await engine.WriteAsync(
                db =>
                    db.ExecuteManyAsync(
                        "DELETE FROM index_rows WHERE source = $1 AND run = $2 AND holder = $3 AND last_id = $4",
                        some
                    ),
                cancellationToken
            );
        }
    }

    private static async Task RemoveAsync(
        Engine engine,
        IndexSource source,
        long run,
        string next,
        Guid last,
        CancellationToken cancellationToken
    )
    {
        List<object?[]> rows;
        do
        {
            rows = await engine.ReadAsync(
                db =>
                    db.ListAsync(
                        next,
                        row => new object?[] { source.Number, run, row.Id(0), row.Id(1) },
                        source.Number,
                        run,
                        last
                    ),
                cancellationToken
            );
            await RemoveAsync(engine, rows, cancellationToken);
        } while (rows.Count == Step);
    }
}
