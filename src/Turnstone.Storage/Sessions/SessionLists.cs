using Turnstone.Model;
using Turnstone.Sessions;
using Turnstone.Storage.Engines;

namespace Turnstone.Storage.Sessions;

/// <summary>
/// A holder's live sessions, newest first. A row does not show that a mark has ended it, so rows are read until enough
/// of them are live.
/// </summary>
internal static class SessionLists
{
    // Where a mark has ended very many sessions, those from long before it are not even read. The clocks of the nodes
    // that opened sessions are not further apart than this.
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromDays(1);

    private const int FirstRows = 1000;

    /// <summary>
    /// The column of an account's own sessions, as its index has it. Those of its API keys are found by the keys.
    /// </summary>
    private const string OwnOfAccount = "api_key_id IS NULL AND account_id";

    public static async Task<List<Session>> ReadAsync(
        Db db,
        HolderMarks marks,
        SessionHolder holder,
        DateTimeOffset now,
        int limit,
        SessionPlace? after = null
    )
    {
        await Marks.CatchUpAsync(db, marks);
        var (holders, keys) = await OfAsync(db, holder);
        var since = marks.LastOf(holder) is { Except: null } mark ? mark.At - ClockTolerance : DateTimeOffset.MinValue;
        var live = new List<Session>();
        var (more, place) = (true, after);
        while (more && live.Count < limit)
        {
            var page = new List<Session>();
            foreach (var one in holders)
            {
                page.AddRange(await PageAsync(db, one, now, since, limit, place));
            }

            foreach (var key in keys)
            {
                page.AddRange(await KeySessions.PageAsync(db, key, now, since, limit, place));
            }

            page = [.. page.OrderByDescending(row => row.CreatedAt).ThenByDescending(row => row.Id.Value).Take(limit)];
            live.AddRange(page.Where(row => marks.Apply(row).RevokedAt is null).Take(limit - live.Count));
            more = page.Count == limit;
            place = more ? SessionPlace.Of(page[^1]) : place;
        }

        return live;
    }

    /// <summary>
    /// How many are live. In no order, and of the first rows only: to sort the sessions of a holder who has a million,
    /// or to pass over so many that have ended, takes most of a second.
    /// </summary>
    public static async Task<SessionCount> CountAsync(
        Db db,
        HolderMarks marks,
        SessionHolder holder,
        DateTimeOffset now,
        SessionId? except = null
    )
    {
        await Marks.CatchUpAsync(db, marks);
        var count = new SessionCount();
        var (holders, keys) = await OfAsync(db, holder);
        foreach (var (condition, values) in holders)
        {
            var next = values.Length + 1;
            var first = $"FROM (SELECT * FROM sessions WHERE {condition} LIMIT {FirstRows}) AS first";
            var live = await db.ListAsync(
                $"SELECT {SessionRow.Columns} {first} "
                    + $"WHERE revoked_at IS NULL AND refresh_expires_at > ${next} LIMIT {SessionCount.Most}",
                SessionRow.Read,
                [.. values, now]
            );
            var more =
                live.Count == SessionCount.Most
                || await db.NumberAsync($"SELECT COUNT(*) {first}", values) == FirstRows;
            count += Count(live, more);
            if (count.OrMore)
            {
                return count;
            }
        }

        foreach (var key in keys)
        {
            var rows = await KeySessions.FirstAsync(db, key, FirstRows);
            var live = rows.FindAll(row => row.RevokedAt is null && row.RefreshExpiresAt > now);
            count += Count(live.Take(SessionCount.Most), live.Count >= SessionCount.Most || rows.Count == FirstRows);
            if (count.OrMore)
            {
                break;
            }
        }

        return count;

        SessionCount Count(IEnumerable<Session> live, bool more) =>
            new(live.Count(row => row.Id != except && marks.Apply(row).RevokedAt is null), more);
    }

    // What an index finds, and the API keys whose sessions the runs find.
    private static async Task<(List<(string Condition, object?[] Values)> Indexed, List<Guid> Keys)> OfAsync(
        Db db,
        SessionHolder holder
    ) =>
        holder switch
        {
            { Kind: HolderKind.Account, AccountId: { } account } => (
                [($"{OwnOfAccount} = $1", [account])],
                await ApiKeysOfAsync(db, account)
            ),
            { Kind: HolderKind.Consent, AccountId: { } account, ClientId: { } client } => (
                [($"{OwnOfAccount} = $1 AND client_id = $2", [account, client])],
                []
            ),
            { Kind: HolderKind.Client, ClientId: { } client } => ([("client_id = $1", [client])], []),
            { Kind: HolderKind.ApiKey, ApiKeyId: { } key } => ([], [key]),

            // No index leads to the sessions of the others, and no page asks for them.
            _ => ([], []),
        };

    private static Task<List<Guid>> ApiKeysOfAsync(Db db, Guid account) =>
        db.ListAsync("SELECT id FROM api_keys WHERE account_id = $1", row => row.Id(0), account);

    private static Task<List<Session>> PageAsync(
        Db db,
        (string Condition, object?[] Values) holder,
        DateTimeOffset now,
        DateTimeOffset since,
        int limit,
        SessionPlace? after
    )
    {
        var next = holder.Values.Length + 1;
        var sql =
            $"SELECT {SessionRow.Columns} FROM sessions WHERE {holder.Condition} AND revoked_at IS NULL "
            + $"AND refresh_expires_at > ${next} AND created_at > ${next + 1} ";
        List<object?> values = [.. holder.Values, now, since];
        if (after is { } place)
        {
            sql += $"AND (created_at < ${next + 3} OR (created_at = ${next + 3} AND id < ${next + 4})) ";
            values.AddRange([limit, place.CreatedAt, place.Id]);
        }
        else
        {
            values.Add(limit);
        }

        return db.ListAsync($"{sql}ORDER BY created_at DESC, id DESC LIMIT ${next + 2}", SessionRow.Read, [.. values]);
    }
}
