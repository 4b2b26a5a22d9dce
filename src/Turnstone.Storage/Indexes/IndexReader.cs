using Turnstone.Storage.Engines;

namespace Turnstone.Storage.Indexes;

/// <summary>
/// The ids that the runs have of one holder, the newest first or the oldest first. Some of their rows may be gone, and
/// one may come twice. What is above the position has to be read from the table itself, before this.
/// </summary>
internal static class IndexReader
{
    private const int Page = 64;

    private static readonly (Guid LastId, long Run) Start = (IndexIds.Highest, long.MaxValue);

    // One look into each run, by its key: there are few runs, and each is in the order of the holders.
    private const string Looks =
        "FROM index_runs r JOIN index_rows i ON i.source = r.source AND i.run = r.run";

    private const string Sum = "SELECT CAST(SUM(run) AS BIGINT) FROM index_runs WHERE source = $1";

    // Run 0 has whatever came late.
    private static string Reaches(string from) => $"(r.run = 0 OR r.last_id >= {from})";

    /// <summary>Calls <paramref name="take"/> with the next ids until it has enough.</summary>
    /// <param name="db">The connection.</param>
    /// <param name="source">The table.</param>
    /// <param name="holder">Whose.</param>
    /// <param name="from">The lowest id.</param>
    /// <param name="before">The id before which they are.</param>
    /// <param name="take">Gets ids, and answers whether it wants more.</param>
    public static async Task NewestAsync(
        Db db,
        IndexSource source,
        Guid holder,
        Guid from,
        Guid before,
        Func<IReadOnlyList<Guid>, Task<bool>> take
    )
    {
        // The rows that hold ids overlap: of what was read, only ids above the last row's are in their place for sure.
        var waiting = new SortedSet<Guid>();
        var place = Start;
        var (runs, more) = (0L, true);
        do
        {
            var (found, rows) = await PageAsync(db, source, holder, from, place);
            if (place != Start && found != runs)
            {
                // Runs have been merged between two pages: what was to come may lie before this place now.
                waiting.Clear();
                place = Start;
                continue;
            }

            runs = found;
            waiting.UnionWith(rows.SelectMany(row => row.Ids).Where(id => id >= from && id < before));
            more = rows.Count == Page;
            place = more ? (rows[^1].LastId, rows[^1].Run) : place;
            List<Guid> sure = [.. waiting.Reverse().TakeWhile(id => !more || id > place.LastId)];
            waiting.ExceptWith(sure);
            if (sure.Count > 0 && !await take(sure))
            {
                return;
            }
        } while (more);
    }

    /// <summary>All of them after one id and before another, in their order.</summary>
    public static async Task<List<Guid>> AllAsync(Db db, IndexSource source, Guid holder, Guid after, Guid before)
    {
        var all = new List<Guid>();
        await NewestAsync(
            db,
            source,
            holder,
            after,
            before,
            ids =>
            {
                all.AddRange(ids);
                return Task.FromResult(true);
            }
        );
        all.Reverse();
        return all;
    }

    /// <summary>All of several holders from an id on: one may come twice.</summary>
    public static async Task<List<(Guid Holder, Guid Id)>> SinceAsync(
        Db db,
        IndexSource source,
        IReadOnlyCollection<Guid> holders,
        Guid from
    )
    {
        var rows = await db.ListOfAsync(
            $"SELECT i.holder, i.ids {Looks} AND {db.OneOf("i.holder")} "
                + $"WHERE r.source = $2 AND {Reaches("$3")} AND i.last_id >= $3",
            row => (Holder: row.Id(0), Ids: row.Bytes(1)),
            holders,
            source.Number,
            from
        );
        return
        [
            .. rows.SelectMany(row =>
                IndexIds.Read(row.Ids).Where(id => id >= from).Select(id => (row.Holder, id))
            ),
        ];
    }

    // With the sum of the runs' numbers, by which one sees that they are others now.
    private static async Task<(long Runs, List<(Guid LastId, long Run, List<Guid> Ids)> Rows)> PageAsync(
        Db db,
        IndexSource source,
        Guid holder,
        Guid from,
        (Guid LastId, long Run) place
    )
    {
        var rows = await db.ListAsync(
            "SELECT i.last_id, i.run, i.ids, i.holder, "
                + $"({Sum}) "
                + $"{Looks} AND i.holder = $2 WHERE r.source = $1 AND {Reaches("$3")} AND i.last_id >= $3 "
                + "AND (i.last_id < $4 OR (i.last_id = $4 AND i.run < $5)) "
                + $"ORDER BY i.last_id DESC, i.run DESC LIMIT {Page}",
            row => (Row: (row.Id(0), row.Number(1), IndexIds.Read(row.Bytes(2)).ToList()), Runs: row.Number(4)),
            source.Number,
            holder,
            from,
            place.LastId,
            place.Run
        );
        var runs =
            rows.Count > 0 ? rows[0].Runs
            : place == Start ? 0
            : await db.NumberAsync(Sum, source.Number);
        return (runs, rows.ConvertAll(row => row.Row));
    }
}
