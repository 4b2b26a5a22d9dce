using Turnstone.Model;
using Turnstone.Sessions;
using Turnstone.Storage.Engines;
using Turnstone.Storage.Indexes;

namespace Turnstone.Storage.Sessions;

/// <summary>
/// What API keys have opened lately that could still be refreshed. Each process has it in memory, and learns within a
/// second what others have opened; the rows are asked only when a key looks as if it had no room.
/// </summary>
internal static class RecentLogins
{
    // Clocks of nodes are a second apart at most; the rest is for a commit.
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(3);

    // One that is not in the store after this will not come.
    private static readonly TimeSpan LongestCommit = TimeSpan.FromSeconds(10);

    public static async Task<Dictionary<Guid, List<KnownLogin>>> ReadAsync(
        Db db,
        IReadOnlyList<PendingOpening> batch,
        HolderMarks marks,
        DateTimeOffset now
    )
    {
        var asking = Asking(batch);
        var logins = new Dictionary<Guid, List<KnownLogin>>(asking.Count);
        if (asking.Count == 0)
        {
            return logins;
        }

        db.KnownLogins.AskedAt = now;
        if (db.KnownLogins.From is null || await db.MayLackLoginsAsync(db.KnownLogins, now))
        {
            await CatchUpAsync(db, db.KnownLogins, now);
        }

        await KnownAsync(db, asking, logins, now);
        var full = asking
            .Where(key => logins[key.Key].Count + key.Value.Count - 1 >= key.Value.Most)
            .Select(key => key.Key)
            .ToList();
        if (full.Count > 0)
        {
            await KeepLiveAsync(db, full, logins, marks, now);
        }

        return logins;
    }

    /// <summary>Notes what other processes have opened.</summary>
    public static async Task CatchUpAsync(Db db, KnownLogins known, DateTimeOffset now)
    {
        if (known.From is not null)
        {
            await NoteAsync(db, known, IndexIds.Lowest(known.ReadAt - Margin));
        }
        else
        {
            // Whatever is in no run yet is noted of every key, so that nobody has to look for it by key.
            var state = await IndexSource.Sessions.StateAsync(db);
            var recent = IndexIds.Lowest(now - Margin);
            var from = state.Complete && state.Position < recent ? state.Position : recent;
            await NoteAsync(db, known, from);
            known.Begin(from, beforeRuns: !state.Complete);
        }

        known.ReadAt = now;
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

    private static async Task NoteAsync(Db db, KnownLogins known, Guid after)
    {
        var rows = await db.ListAsync(
            "SELECT id, api_key_id FROM sessions WHERE id > $1 AND api_key_id IS NOT NULL AND refreshable = 1 "
                + $"AND revoked_at IS NULL ORDER BY id DESC LIMIT {KnownLogins.Most}",
            row => (Id: row.Id(0), Key: row.Id(1)),
            after
        );
        rows.Reverse();
        foreach (var (id, key) in rows)
        {
            known.Note(key, id, new SessionId(id).CreatedAt);
        }

        if (rows.Count == KnownLogins.Most)
        {
            known.Begin(rows[0].Id, known.BeforeRuns);
        }
    }

    private static async Task KnownAsync(
        Db db,
        Dictionary<Guid, (DateTimeOffset Since, int Most, int Count)> asking,
        Dictionary<Guid, List<KnownLogin>> logins,
        DateTimeOffset now
    )
    {
        var unknown = new List<Guid>();
        foreach (var (key, asked) in asking)
        {
            if (db.KnownLogins.Since(key, asked.Since) is { } known)
            {
                logins.Add(key, known);
            }
            else
            {
                unknown.Add(key);
            }
        }

        if (unknown.Count > 0)
        {
            var since = unknown.Min(key => asking[key].Since);
            var stored = await StoredAsync(db, unknown, since, now);
            foreach (var key in unknown)
            {
                db.KnownLogins.Learn(key, since, [.. stored[key]]);
                logins.Add(key, db.KnownLogins.Since(key, asking[key].Since) ?? [.. stored[key]]);
            }
        }
    }

    private static async Task<ILookup<Guid, KnownLogin>> StoredAsync(
        Db db,
        List<Guid> keys,
        DateTimeOffset since,
        DateTimeOffset now
    )
    {
        var state = await IndexSource.Sessions.StateAsync(db);
        if (state.Complete && db.KnownLogins.BeforeRuns)
        {
            db.KnownLogins.Clear();
            await CatchUpAsync(db, db.KnownLogins, now);
        }

        var found = state.Complete
            ? await IndexReader.SinceAsync(db, IndexSource.Sessions, keys, IndexIds.Lowest(since))
            : await db.ListOfAsync(
                $"SELECT api_key_id, id FROM sessions WHERE {db.OneOf("api_key_id")} AND {SessionRow.Minute} >= $2",
                row => (row.Id(0), row.Id(1)),
                keys,
                SessionRow.MinuteOf(since)
            );
        return found.ToLookup(row => row.Item1, row => new KnownLogin(row.Item2, new SessionId(row.Item2).CreatedAt));
    }

    // What has ended or expired counts no more; what is about to be committed does.
    private static async Task KeepLiveAsync(
        Db db,
        List<Guid> keys,
        Dictionary<Guid, List<KnownLogin>> logins,
        HolderMarks marks,
        DateTimeOffset now
    )
    {
        var rows = await db.ListOfAsync(
            "SELECT id, created_at, account_id, api_key_id, opened_after, revoked_at, refreshable, refresh_expires_at "
                + $"FROM sessions WHERE {db.OneOf("id")}",
            row => (Id: row.Id(0), At: row.Time(1), Live: IsLive(row, marks, now)),
            keys.SelectMany(key => logins[key].Select(login => login.Id)).ToHashSet()
        );
        var known = rows.ToDictionary(row => row.Id);
        foreach (var key in keys)
        {
            var kept = logins[key]
                .DistinctBy(login => login.Id)
                .Where(login =>
                    known.TryGetValue(login.Id, out var row) ? row.Live : login.At > now - LongestCommit
                )
                .Select(login => known.TryGetValue(login.Id, out var row) ? login with { At = row.At } : login)
                .ToList();
            db.KnownLogins.Remove(
                key,
                [.. logins[key].Select(login => login.Id).Except(kept.Select(login => login.Id))]
            );
            logins[key] = kept;
        }
    }

    private static bool IsLive(Row row, HolderMarks marks, DateTimeOffset now) =>
        row.MaybeTime(5) is null
        && row.Flag(6)
        && row.Time(7) > now
        && marks.Find(new SessionHolders(row.MaybeId(2), null, row.MaybeId(3)), new SessionId(row.Id(0)), row.Number(4))
            is null;
}
