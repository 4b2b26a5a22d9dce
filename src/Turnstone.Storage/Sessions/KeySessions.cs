using Turnstone.Model;
using Turnstone.Sessions;
using Turnstone.Storage.Engines;
using Turnstone.Storage.Indexes;

namespace Turnstone.Storage.Sessions;

/// <summary>The sessions that an API key has opened, newest first: those in the runs, and those behind them.</summary>
internal static class KeySessions
{
    private const int Together = 256;

    /// <summary>
    /// The newest that could be refreshed, were it not for the marks; their ids have the order of their times.
    /// </summary>
    public static async Task<List<Session>> PageAsync(
        Db db,
        Guid key,
        DateTimeOffset now,
        DateTimeOffset since,
        int limit,
        SessionPlace? after
    )
    {
        var before = after is { } place
            ? IndexIds.Lowest(place.CreatedAt + TimeSpan.FromMilliseconds(1))
            : IndexIds.Highest;
        var found = new List<Session>();
        await NewestAsync(
            db,
            key,
            since > DateTimeOffset.UnixEpoch ? IndexIds.Lowest(since) : Guid.Empty,
            before,
            async ids =>
            {
                found.AddRange(
                    (await RowsAsync(db, ids)).Where(row =>
                        row.RevokedAt is null
                        && row.RefreshExpiresAt > now
                        && row.CreatedAt > since
                        && (after is not { } last || IsAfter(row, last))
                    )
                );

                // Those of one millisecond are in no order yet.
                return found.Count < limit
                    || new SessionId(ids[^1]).CreatedAt >= Newest(found, limit)[^1].Id.CreatedAt;
            }
        );
        return Newest(found, limit);
    }

    /// <summary>The rows of the newest, whatever has become of them.</summary>
    public static async Task<List<Session>> FirstAsync(Db db, Guid key, int most)
    {
        var found = new List<Session>();
        await NewestAsync(
            db,
            key,
            Guid.Empty,
            IndexIds.Highest,
            async ids =>
            {
                found.AddRange(await RowsAsync(db, ids));
                return found.Count < most;
            }
        );
        return found.Count > most ? found[..most] : found;
    }

    /// <summary>The ids after one and before another, in their order.</summary>
    public static async Task<List<Guid>> AllAsync(Db db, Guid key, Guid after, Guid before)
    {
        var all = new List<Guid>();
        await NewestAsync(
            db,
            key,
            after,
            before,
            ids =>
            {
                all.AddRange(ids);
                return Task.FromResult(true);
            }
        );
        return [.. all.Where(id => id > after).Order()];
    }

    private static async Task NewestAsync(
        Db db,
        Guid key,
        Guid from,
        Guid before,
        Func<IReadOnlyList<Guid>, Task<bool>> take
    )
    {
        var state = await IndexSource.Sessions.StateAsync(db);
        var known = new HashSet<Guid>();
        var behind = state.Complete
            ? await BehindRunsAsync(db, key, from > state.Position ? from : state.Position, before)
            : await IndexedAsync(db, key, from, before);
        if (await TakeAsync(behind) && state.Complete)
        {
            await IndexReader.NewestAsync(db, IndexSource.Sessions, key, from, before, TakeAsync);
        }

        async Task<bool> TakeAsync(IReadOnlyList<Guid> ids)
        {
            foreach (var some in ids.Where(known.Add).Chunk(Together))
            {
                if (!await take(some))
                {
                    return false;
                }
            }

            return true;
        }
    }

    // By its place in the table: behind the runs there are few rows, of whomever.
    private static Task<List<Guid>> BehindRunsAsync(Db db, Guid key, Guid from, Guid before) =>
        db.ListAsync(
            "SELECT id FROM sessions WHERE id >= $1 AND id < $2 AND CASE WHEN api_key_id = $3 THEN 1 ELSE 0 END = 1 "
                + "ORDER BY id DESC",
            row => row.Id(0),
            from,
            before,
            key
        );

    // A store that was upgraded has the index of before for a day.
    private static async Task<List<Guid>> IndexedAsync(Db db, Guid key, Guid from, Guid before)
    {
        var ids = await db.ListAsync(
            "SELECT id FROM sessions WHERE api_key_id = $1 AND CASE WHEN id >= $2 AND id < $3 THEN 1 ELSE 0 END = 1",
            row => row.Id(0),
            key,
            from,
            before
        );
        return [.. ids.OrderDescending()];
    }

    private static Task<List<Session>> RowsAsync(Db db, IReadOnlyCollection<Guid> ids) =>
        db.ListOfAsync($"SELECT {SessionRow.Columns} FROM sessions WHERE {db.OneOf("id")}", SessionRow.Read, ids);

    private static bool IsAfter(Session row, SessionPlace place) =>
        row.CreatedAt < place.CreatedAt
        || (row.CreatedAt == place.CreatedAt && row.Id.Value.CompareTo(place.Id.Value) < 0);

    private static List<Session> Newest(IEnumerable<Session> rows, int limit) =>
        [.. rows.OrderByDescending(row => row.CreatedAt).ThenByDescending(row => row.Id.Value).Take(limit)];
}
