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
        var holders = await OfAsync(db, holder);
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
        foreach (var (condition, values) in await OfAsync(db, holder))
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
            count += new SessionCount(live.Count(row => row.Id != except && marks.Apply(row).RevokedAt is null), more);
            if (count.OrMore)
            {
                break;
            }
        }

        return count;
    }

    private static async Task<List<(string Condition, object?[] Values)>> OfAsync(Db db, SessionHolder holder) =>
        holder switch
        {
            { Kind: HolderKind.Account, AccountId: { } account } =>
            [
                ($"{OwnOfAccount} = $1", [account]),
                .. (await ApiKeysOfAsync(db, account)).Select(key => ("api_key_id = $1", new object?[] { key })),
            ],
            { Kind: HolderKind.Consent, AccountId: { } account, ClientId: { } client } =>
            [
                ($"{OwnOfAccount} = $1 AND client_id = $2", [account, client]),
            ],
            { Kind: HolderKind.Client, ClientId: { } client } => [("client_id = $1", [client])],
            { Kind: HolderKind.ApiKey, ApiKeyId: { } key } => [("api_key_id = $1", [key])],

            // No index leads to the sessions of the others, and no page asks for them.
            _ => [],
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
