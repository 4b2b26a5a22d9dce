using Turnstone.Model;
using Turnstone.Sessions;
using Turnstone.Storage.Engines;

namespace Turnstone.Storage.Sessions;

/// <summary>
/// When the sessions of API keys that could still be refreshed were opened, as far back as it matters.
/// </summary>
internal static class RecentLogins
{
    public static Task LockAsync(Db db, IReadOnlyList<PendingOpening> batch) => db.LockLoginsAsync(Asking(batch).Keys);

    public static async Task<Dictionary<Guid, List<DateTimeOffset>>> ReadAsync(
        Db db,
        IReadOnlyList<PendingOpening> batch,
        HolderMarks marks,
        DateTimeOffset now
    )
    {
        var asking = Asking(batch);
        var logins = new Dictionary<Guid, List<DateTimeOffset>>(asking.Count);
        if (asking.Count == 0)
        {
            return logins;
        }

        if (db.KnownLogins is { } known)
        {
            known.Heard(await db.NumberAsync("PRAGMA data_version"));
            foreach (var (key, asked) in asking)
            {
                if (known.WithRoom(key, asked.Since, asked.Count - 1, asked.Most) is { } times)
                {
                    logins.Add(key, times);
                }
            }
        }

        if (logins.Count < asking.Count)
        {
            var unknown = asking.Keys.Where(key => !logins.ContainsKey(key)).ToList();
            var since = unknown.Min(key => asking[key].Since);
            unknown.ForEach(key => logins.Add(key, []));
            await ReadStoredAsync(db, unknown, since, logins, marks, now);
            unknown.ForEach(key => db.KnownLogins?.Learn(key, since, logins[key]));
        }

        return logins;
    }

    // For each key: the longest window, the smallest number, and how many of the batch ask.
    private static Dictionary<Guid, (DateTimeOffset Since, int Most, int Count)> Asking(
        IReadOnlyList<PendingOpening> batch
    )
    {
        var asking = new Dictionary<Guid, (DateTimeOffset Since, int Most, int Count)>(batch.Count);
        foreach (var opening in batch)
        {
            if (opening.Preconditions is { Logins: { } allowed, ApiKeyId: { } key })
            {
                asking[key] = asking.TryGetValue(key, out var other)
                    ? (
                        other.Since < allowed.Since ? other.Since : allowed.Since,
                        Math.Min(other.Most, allowed.Most),
                        other.Count + 1
                    )
                    : (allowed.Since, allowed.Most, 1);
            }
        }

        return asking;
    }

    // By the key alone: a database without statistics would rather read another index.
    private static async Task ReadStoredAsync(
        Db db,
        List<Guid> keys,
        DateTimeOffset since,
        Dictionary<Guid, List<DateTimeOffset>> logins,
        HolderMarks marks,
        DateTimeOffset now
    )
    {
        var opened = await db.ListOfAsync(
            "SELECT api_key_id, created_at, account_id, opened_after, id FROM sessions "
                + $"WHERE {db.OneOf("api_key_id")} AND {SessionRow.Minute} >= $2 AND revoked_at IS NULL "
                + "AND refreshable = 1 AND refresh_expires_at > $3",
            row =>
                (
                    Key: row.Id(0),
                    At: row.Time(1),
                    Ended: marks.Find(
                        new SessionHolders(row.MaybeId(2), null, row.Id(0)),
                        new SessionId(row.Id(4)),
                        row.Number(3)
                    )
                        is not null
                ),
            keys,
            SessionRow.MinuteOf(since),
            now
        );
        foreach (var session in opened)
        {
            if (!session.Ended)
            {
                logins[session.Key].Add(session.At);
            }
        }
    }
}
