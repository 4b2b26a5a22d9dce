using Turnstone.Model;
using Turnstone.Sessions;
using Turnstone.Storage.Engines;

namespace Turnstone.Storage.Sessions;

/// <summary>
/// When the sessions of API keys that could still be refreshed were opened, as far back as it matters.
/// </summary>
internal static class RecentLogins
{
    public static async Task<Dictionary<Guid, List<DateTimeOffset>>> ReadAsync(
        Db db,
        IReadOnlyList<PendingOpening> batch,
        HolderMarks marks,
        DateTimeOffset now
    )
    {
        var asking = batch.Where(one => one.Preconditions.Logins is not null).ToList();
        var logins = asking
            .Select(one => one.Preconditions.ApiKeyId!.Value)
            .Distinct()
            .ToDictionary(key => key, _ => new List<DateTimeOffset>());
        if (asking.Count == 0)
        {
            return logins;
        }

        // By the key alone: a database without statistics would rather read another index.
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
            logins.Keys,
            SessionRow.MinuteOf(asking.Min(one => one.Preconditions.Logins!.Since)),
            now
        );
        opened.FindAll(session => !session.Ended).ForEach(session => logins[session.Key].Add(session.At));
        return logins;
    }
}
