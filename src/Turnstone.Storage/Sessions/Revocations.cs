using Turnstone.Sessions;
using Turnstone.Storage.Engines;

namespace Turnstone.Storage.Sessions;

/// <summary>
/// Ending sessions inside another change's transaction. Sessions that look expired are ended too: in a store that came back older than
/// its clients they may only look so.
/// </summary>
internal static class Revocations
{
    public static Task<int> OfAllAsync(Db db, SessionHolder holder, RevocationReason reason, DateTimeOffset now)
    {
        var (column, value) = Column(holder);
        return EndAsync(db, column, value, reason, now);
    }

    public static Task<int> OfOneAsync(Db db, SessionId id, RevocationReason reason, DateTimeOffset now) => EndAsync(db, "id", id, reason, now);

    public static (string Name, object Value) Column(SessionHolder holder) => holder switch
    {
        { AccountId: { } account } => ("account_id", account),
        { ClientId: { } client } => ("client_id", client),
        { ApiKeyId: var key } => ("api_key_id", key!),
    };

    private static async Task<int> EndAsync(Db db, string column, object value, RevocationReason reason, DateTimeOffset now)
    {
        var ended = await db.ExecuteAsync(
            $"UPDATE sessions SET revoked_at = $2, revoked_for = $3, version = version + 1 WHERE {column} = $1 AND revoked_at IS NULL", value, now, reason);
        if (ended > 0)
        {
            db.Announce(ChangeKind.Revocations);
        }

        return ended;
    }
}
