using Turnstone.Storage.Engines;

namespace Turnstone.Storage.Indexes;

/// <summary>A table that is written in the order of its ids, and whose holders are found by runs (ADR 52).</summary>
/// <param name="Number">Its number in the tables of the runs.</param>
/// <param name="Table">Its name.</param>
/// <param name="Holders">The columns with the holders of a row.</param>
/// <param name="Replaced">The indexes in whose place the runs are.</param>
/// <param name="Version">The migration with which its runs begin.</param>
internal sealed record IndexSource(
    long Number,
    string Table,
    IReadOnlyList<string> Holders,
    string[] Replaced,
    long Version
)
{
    /// <summary>What an API key has opened.</summary>
    public static IndexSource Sessions { get; } =
        new(2, "sessions", ["api_key_id"], ["sessions_of_api_key"], 35) { RowsEnd = true };

    /// <summary>Whether its rows are removed each in its own time, and not in the order of their ids.</summary>
    public bool RowsEnd { get; init; }

    public static IReadOnlyList<IndexSource> All { get; } = [Sessions];

    /// <summary>The state as it is stored.</summary>
    public async Task<IndexState> StateAsync(Db db) =>
        (
            await db.FirstAsync(
                "SELECT position, bound, announced, next_run, complete FROM index_state WHERE source = $1",
                row => new IndexState(
                    row.MaybeId(0) ?? Guid.Empty,
                    row.MaybeId(1) ?? Guid.Empty,
                    row.Number(2),
                    row.Number(3),
                    row.Flag(4)
                ),
                Number
            )
        )!;

    /// <summary>Makes a run visible.</summary>
    public Task AddRunAsync(Db db, long run, Guid last, int rows, DateTimeOffset now) =>
        db.ExecuteAsync(
            "INSERT INTO index_runs (source, run, last_id, size, made_at) VALUES ($1, $2, $3, $4, $5)",
            Number,
            run,
            last,
            rows,
            now
        );

    /// <summary>
    /// Has those of the rows that are being written found that are below the bound: they come too late for the run that
    /// has their neighbours.
    /// </summary>
    public Task AddLateAsync<TRow>(
        Db db,
        IReadOnlyList<TRow> rows,
        Func<TRow, Guid> id,
        Func<TRow, IEnumerable<Guid?>> holders
    )
    {
        var late = rows.Where(row => db.Bounds?.IsLate(this, id(row)) is not false)
            .SelectMany(row =>
                holders(row).OfType<Guid>().Distinct().Select(holder => new object?[] { Number, holder, id(row) })
            )
            .ToList();
        return late.Count == 0
            ? Task.CompletedTask
            : db.ExecuteManyAsync(
                "INSERT INTO index_rows (source, run, holder, last_id, ids) VALUES ($1, 0, $2, $3, $3) "
                    + "ON CONFLICT (source, run, holder, last_id) DO NOTHING",
                late
            );
    }
}

/// <summary>How far the runs of a table are.</summary>
/// <param name="Position">Up to which id the runs have everything.</param>
/// <param name="Bound">Up to which id the next run will have everything.</param>
/// <param name="Announced">The transaction that said so.</param>
/// <param name="NextRun">The number of the next run.</param>
/// <param name="Complete">Whether the runs once reached the end of the table: from then on they are read.</param>
internal sealed record IndexState(Guid Position, Guid Bound, long Announced, long NextRun, bool Complete);
