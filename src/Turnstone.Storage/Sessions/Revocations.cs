using Turnstone.Model;
using Turnstone.Sessions;
using Turnstone.Storage.Engines;

namespace Turnstone.Storage.Sessions;

/// <summary>
/// Ending sessions inside another change's transaction. Sessions that look expired are ended too: in a store that came
/// back older than its clients they may only look so.
/// </summary>
internal static class Revocations
{
    /// <summary>
    /// The column of an account's own sessions, as its index has it. The others are those of its API keys, and are
    /// found by each key.
    /// </summary>
    public const string OwnOfAccount = "api_key_id IS NULL AND account_id";

    public static async Task<int> OfAllAsync(
        Db db,
        SessionHolder holder,
        RevocationReason reason,
        DateTimeOffset now,
        SessionId? except = null
    )
    {
        List<(string Condition, object Value)> held = holder switch
        {
            { AccountId: { } account } =>
            [
                (OwnOfAccount, account),
                .. (await ApiKeysOfAsync(db, account)).Select(key => ("api_key_id", (object)key)),
            ],
            { ClientId: { } client } => [("client_id", client)],
            { ApiKeyId: var key } => [("api_key_id", key!)],
        };
        var ended = 0;
        foreach (var (condition, value) in held)
        {
            ended += except is { } kept
                ? await EndAsync(db, $"{condition} = $3 AND id <> $4", reason, now, value, kept)
                : await EndAsync(db, $"{condition} = $3", reason, now, value);
        }

        return ended;
    }

    public static Task<int> OfOneAsync(Db db, SessionId id, RevocationReason reason, DateTimeOffset now) =>
        EndAsync(db, "id = $3", reason, now, id);

    public static Task<List<Guid>> ApiKeysOfAsync(Db db, Guid account) =>
        db.ListAsync("SELECT id FROM api_keys WHERE account_id = $1", row => row.Id(0), account);

    /// <summary>What the clients that an account owns hold, for whomever.</summary>
    public static Task<int> OfClientsOwnedAsync(Db db, Guid ownerId, RevocationReason reason, DateTimeOffset now) =>
        EndAsync(db, "client_id IN (SELECT clients.id FROM clients WHERE clients.owner_id = $3)", reason, now, ownerId);

    /// <summary>
    /// What programs hold for themselves: nothing of it is stored but its end. Whatever else a client vouches for is
    /// withdrawn with it.
    /// </summary>
    public static async Task OfClientCredentialsAsync(
        Db db,
        string condition,
        object holder,
        RevocationReason reason,
        DateTimeOffset now
    )
    {
        var clients = await db.ListAsync(
            $"SELECT id, standing_epoch FROM clients WHERE {condition} = $1 ORDER BY id {db.ForUpdate}",
            row => (Id: row.Text(0), Epoch: row.Number(1)),
            holder
        );
        await SessionRow.InsertAsync(
            db,
            clients.ConvertAll(client =>
                ClientCredentialsSession.Ended(
                    ClientCredentialsSession.Of(client.Id, client.Epoch),
                    "",
                    client.Id,
                    reason,
                    now,
                    now + Terms.LongestAccessLifetime,
                    Caller.Operator
                )
            )
        );
        await db.ExecuteAsync(
            $"UPDATE clients SET epoch = epoch + 1, standing_epoch = standing_epoch + 1 WHERE {condition} = $1",
            holder
        );
        db.Announce(ChangeKind.Revocations);
    }

    /// <summary>What one client holds for one account.</summary>
    public static Task<int> OfClientForAccountAsync(
        Db db,
        Guid accountId,
        string clientId,
        RevocationReason reason,
        DateTimeOffset now
    ) => EndAsync(db, $"{OwnOfAccount} = $3 AND client_id = $4", reason, now, accountId, clientId);

    private static async Task<int> EndAsync(
        Db db,
        string condition,
        RevocationReason reason,
        DateTimeOffset now,
        params object[] values
    )
    {
        db.TakesLong();
        var ended = await db.ExecuteAsync(
            $"UPDATE sessions SET revoked_at = $1, revoked_for = $2, version = version + 1 WHERE {condition} AND revoked_at IS NULL",
            [now, reason, .. values]
        );
        if (ended > 0)
        {
            db.Announce(ChangeKind.Revocations);
        }

        return ended;
    }
}
