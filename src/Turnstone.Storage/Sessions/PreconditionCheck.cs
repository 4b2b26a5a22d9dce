using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Sessions;
using Turnstone.Storage.Engines;

namespace Turnstone.Storage.Sessions;

/// <summary>
/// Which sessions still have what vouched for them. Each row is held (shared) until the commit, so that a withdrawal
/// either is seen here or comes after the session and ends it. Codes are consumed last: when anything else fails
/// nothing has been written.
/// </summary>
internal static class PreconditionCheck
{
    public static async Task<List<PendingOpening>> StandingAsync(
        Db db,
        IReadOnlyList<PendingOpening> batch,
        DateTimeOffset now
    )
    {
        // Accounts before what they own, as whoever disables an account takes them: he waits there and then finds this
        // session.
        List<string> clientIds =
        [
            .. batch
                .Where(one => one.Preconditions.Client is not null)
                .Select(one => one.Preconditions.Client!.Value.Id)
                .Distinct()
                .Order(StringComparer.Ordinal),
        ];
        var owners = await db.ListOfAsync(
            $"SELECT owner_id FROM clients WHERE {db.OneOf("id")}",
            row => row.MaybeId(0),
            clientIds
        );
        var keyIds = Named(batch, vouchers => vouchers.ApiKeyId);
        var holders = batch.Where(one => one.Preconditions.ApiKeyId is not null).Select(one => one.Session.AccountId);
        var accounts = await AccountsAsync(
            db,
            [
                .. batch
                    .Select(one => one.Preconditions.Account?.Id)
                    .Concat(owners)
                    .Concat(holders)
                    .OfType<Guid>()
                    .Distinct()
                    .Order(),
            ]
        );
        var clients = await ClientsAsync(db, clientIds);
        var keys = await ApiKeysAsync(db, keyIds, now);
        var subscriptions = await SubscriptionsAsync(db, Named(batch, vouchers => vouchers.SubscriptionId), now);
        var logins = await LoginsAsync(db, batch, now);
        var standing = new List<PendingOpening>(batch.Count);
        foreach (var one in batch)
        {
            var stands =
                (
                    one.Preconditions.Account is not var (account, epoch)
                    || (accounts.TryGetValue(account, out var accountEpoch) && accountEpoch == epoch)
                )
                && (
                    one.Preconditions.Client is not var (client, clientEpoch)
                    || (
                        clients.TryGetValue(client, out var found)
                        && found.Epoch == clientEpoch
                        && (found.Owner is not { } owner || accounts.ContainsKey(owner))
                    )
                )
                && (
                    one.Preconditions.ApiKeyId is not { } key
                    || (keys.TryGetValue(key, out var holder) && accounts.ContainsKey(holder))
                )
                && (one.Preconditions.SubscriptionId is not { } subscription || subscriptions.Contains(subscription))
                && (
                    one.Preconditions.Logins is not { } allowance
                    || allowance.HasRoom(logins[one.Preconditions.ApiKeyId!.Value])
                )
                && await LetInAsync(db, one.Preconditions.LetInBy, now)
                && await ConsumeCodeAsync(db, one.Preconditions.CodeHash, one.Session.Id, now);
            if (stands)
            {
                standing.Add(one);
                if (one.Preconditions.Logins is not null)
                {
                    logins[one.Preconditions.ApiKeyId!.Value].Add(one.Session.CreatedAt);
                }
            }
        }

        return standing;
    }

    // In one order on every node: rows that are held and rows that are changed then never wait for each other in a
    // ring.
    private static List<Guid> Named(IReadOnlyList<PendingOpening> batch, Func<Preconditions, Guid?> voucher) =>
        [.. batch.Select(one => voucher(one.Preconditions)).OfType<Guid>().Distinct().Order()];

    private static async Task<Dictionary<Guid, long>> AccountsAsync(Db db, List<Guid> ids) =>
        (
            await db.ListOfAsync(
                $"SELECT id, epoch FROM accounts WHERE {db.OneOf("id")} AND disabled_at IS NULL ORDER BY id {db.ForShare}",
                row => (Id: row.Id(0), Epoch: row.Number(1)),
                ids
            )
        ).ToDictionary(account => account.Id, account => account.Epoch);

    private static async Task<Dictionary<string, (long Epoch, Guid? Owner)>> ClientsAsync(Db db, List<string> ids) =>
        (
            await db.ListOfAsync(
                $"SELECT id, epoch, owner_id FROM clients WHERE {db.OneOf("id")} AND disabled_at IS NULL ORDER BY id {db.ForShare}",
                row => (Id: row.Text(0), Epoch: row.Number(1), Owner: row.MaybeId(2)),
                ids
            )
        ).ToDictionary(client => client.Id, client => (client.Epoch, client.Owner), StringComparer.Ordinal);

    // For one transaction at a time: what a key has opened is counted while nobody else opens anything with it. Asked
    // for by its id alone, here and below, or a database without statistics would rather read the index of all keys
    // that have not frozen.
    private static async Task<Dictionary<Guid, Guid>> ApiKeysAsync(Db db, List<Guid> ids, DateTimeOffset now) =>
        (
            await db.ListOfAsync(
                $"SELECT id, account_id, freezes_at, revoked_at, overlap_ends_at FROM api_keys WHERE {db.OneOf("id")} ORDER BY id {db.ForUpdate}",
                row =>
                    (
                        Id: row.Id(0),
                        Account: row.Id(1),
                        Works: row.Time(2) > now && row.IsNull(3) && !(row.MaybeTime(4) <= now)
                    ),
                ids
            )
        )
            .Where(key => key.Works)
            .ToDictionary(key => key.Id, key => key.Account);

    // When the still refreshable sessions of each key were opened, as far back as it may matter.
    private static async Task<Dictionary<Guid, List<DateTimeOffset>>> LoginsAsync(
        Db db,
        IReadOnlyList<PendingOpening> batch,
        DateTimeOffset now
    )
    {
        var asking = batch.Where(one => one.Preconditions.Logins is not null).ToList();
        var logins = asking
            .Select(one => one.Preconditions.ApiKeyId!.Value)
            .Distinct()
            .ToDictionary(key => key, _ => new List<DateTimeOffset>());
        if (asking.Count > 0)
        {
            var opened = await db.ListOfAsync(
                $"SELECT api_key_id, created_at FROM sessions WHERE {db.OneOf("api_key_id")} AND {SessionRow.Minute} >= $2 AND revoked_at IS NULL AND refreshable = 1 AND refresh_expires_at > $3",
                row => (Key: row.Id(0), At: row.Time(1)),
                logins.Keys,
                SessionRow.MinuteOf(asking.Min(one => one.Preconditions.Logins!.Since)),
                now
            );
            opened.ForEach(session => logins[session.Key].Add(session.At));
        }

        return logins;
    }

    private static async Task<HashSet<Guid>> SubscriptionsAsync(Db db, List<Guid> ids, DateTimeOffset now) =>
        [
            .. (
                await db.ListOfAsync(
                    $"SELECT id, state, expires_at FROM subscriptions WHERE {db.OneOf("id")} ORDER BY id {db.ForShare}",
                    row =>
                        (
                            Id: row.Id(0),
                            Works: row.Word<SubscriptionState>(1) is SubscriptionState.Active
                                && !(row.MaybeTime(2) <= now)
                        ),
                    ids
                )
            )
                .Where(subscription => subscription.Works)
                .Select(subscription => subscription.Id),
        ];

    // Not held itself, or the refreshes of a company's session would queue behind all that it opens: the account's row
    // is held, and whoever withdraws waits there.
    private static async Task<bool> LetInAsync(Db db, SessionId? session, DateTimeOffset now) =>
        session is not { } id
        || await db.AnyAsync(
            "SELECT 1 FROM sessions WHERE id = $1 AND revoked_at IS NULL AND refresh_expires_at > $2",
            id,
            now
        );

    private static async Task<bool> ConsumeCodeAsync(Db db, byte[]? code, SessionId session, DateTimeOffset now) =>
        code is null
        || await db.ExecuteAsync(
            "UPDATE codes SET used_at = $2, session_id = $3 WHERE hash = $1 AND used_at IS NULL AND expires_at > $2",
            code,
            now,
            session
        ) == 1;
}
