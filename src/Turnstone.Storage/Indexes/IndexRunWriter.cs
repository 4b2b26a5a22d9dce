using Turnstone.Storage.Engines;

namespace Turnstone.Storage.Indexes;

/// <summary>
/// Writes a run in small steps. Nobody reads it until it has been finished, and only whoever took its number last can
/// finish one.
/// </summary>
internal sealed class IndexRunWriter(Engine engine, IndexSource source)
{
    private const int RowsOfStep = 250;
    private const int IdsOfRow = 256;
    private const int LookedBack = 16;

    /// <summary>
    /// Takes the number of the next run, and removes what was not finished before it: another process may have taken
    /// the lead, or share an embedded store. Whoever still writes one cannot finish it any more.
    /// </summary>
    public async Task<bool> ClaimAsync(long run, CancellationToken cancellationToken)
    {
        var claimed = await engine.WriteAsync(
            db =>
                db.ExecuteAsync(
                    "UPDATE index_state SET next_run = next_run + 1 WHERE source = $1 AND next_run = $2",
                    source.Number,
                    run
                ),
            cancellationToken
        );
        if (claimed == 1)
        {
            await RemoveLeftoversAsync(run, cancellationToken);
        }

        return claimed == 1;
    }

    /// <summary>
    /// Writes what the rows after one id and up to another have, so many at most; answers how many rows there were, and
    /// the last of them.
    /// </summary>
    public async Task<(int Rows, Guid Last)> WriteAsync(
        long run,
        Guid after,
        Guid upTo,
        int most,
        CancellationToken cancellationToken
    )
    {
        var (entries, rows, last) = await engine.ReadAsync(
            db => ReadAsync(db, after, upTo, most),
            cancellationToken
        );
        foreach (var some in Rows(run, entries).Chunk(RowsOfStep))
        {
            await engine.WriteAsync(db => db.InsertAsync(Into, some), cancellationToken);
        }

        return (rows, last);
    }

    private async Task RemoveLeftoversAsync(long next, CancellationToken cancellationToken)
    {
        var first = Math.Max(1, next - LookedBack);
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
        for (var run = first; run < next; run++)
        {
            if (!finished.Contains(run))
            {
                await IndexSweep.RemoveRunAsync(engine, source, run, cancellationToken);
            }
        }
    }

    // Each login passes here: nothing is made for a single row.
    private async Task<(List<(Guid Holder, Guid Id)> Entries, int Rows, Guid Last)> ReadAsync(
        Db db,
        Guid after,
        Guid upTo,
        int most
    )
    {
        var entries = new List<(Guid Holder, Guid Id)>();
        var ids = await db.ListAsync(
            $"SELECT id, {string.Join(", ", source.Holders)} FROM {source.Table} WHERE id > $1 AND id <= $2 "
                + "ORDER BY id LIMIT $3",
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
            after,
            upTo,
            most
        );
        entries.Sort();
        return (entries, ids.Count, ids.Count > 0 ? ids[^1] : upTo);
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
