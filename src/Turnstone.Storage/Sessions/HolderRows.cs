using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Sessions;
using Turnstone.Storage.Engines;

namespace Turnstone.Storage.Sessions;

/// <summary>
/// The rows of those who are to hold a batch of sessions, locked until the commit. Rows are locked in one order on
/// every node, so that two transactions never wait for each other.
/// </summary>
internal sealed class HolderRows
{
    private Dictionary<Guid, long> accounts = [];
    private Dictionary<string, (long Epoch, Guid? Owner)> clients = [];
    private Dictionary<Guid, (Guid Account, Scopes Scopes)> keys = [];
    private HashSet<Guid> subscriptions = [];

    public static async Task<HolderRows> LockAsync(Db db, IReadOnlyList<PendingOpening> batch, DateTimeOffset now)
    {
        // Accounts before what they own, as whoever disables an account locks them.
        List<string> clientIds =
        [
            .. batch
                .Select(one => one.Preconditions.Client?.Id)
                .OfType<string>()
                .Distinct()
                .Order(StringComparer.Ordinal),
        ];
        var owners = await db.ListOfAsync(
            $"SELECT owner_id FROM clients WHERE {db.OneOf("id")}",
            row => row.MaybeId(0),
            clientIds
        );
        var ofKeys = batch.Where(one => one.Preconditions.ApiKeyId is not null).Select(one => one.Session.AccountId);
        var accountIds = batch.Select(one => one.Preconditions.Account?.Id).Concat(owners).Concat(ofKeys);
        return new HolderRows
        {
            accounts = await AccountsAsync(db, InOrder(accountIds)),
            clients = await ClientsAsync(db, clientIds),
            keys = await ApiKeysAsync(db, InOrder(batch.Select(one => one.Preconditions.ApiKeyId)), now),
            subscriptions = await SubscriptionsAsync(
                db,
                InOrder(batch.Select(one => one.Preconditions.SubscriptionId))
            ),
        };
    }

    /// <summary>Whether everyone is still as the credential was checked.</summary>
    public bool Allow(Preconditions asked) =>
        (asked.Account is not var (account, epoch) || (accounts.TryGetValue(account, out var now) && now == epoch))
        && (asked.Client is not var (client, clientEpoch) || Allow(client, clientEpoch))
        && (asked.ApiKeyId is not { } key || Allow(key, asked.ApiKeyScopes))
        && (asked.SubscriptionId is not { } subscription || subscriptions.Contains(subscription));

    private bool Allow(string client, long epoch) =>
        clients.TryGetValue(client, out var found)
        && found.Epoch == epoch
        && (found.Owner is not { } owner || accounts.ContainsKey(owner));

    private bool Allow(Guid key, Scopes? scopes) =>
        keys.TryGetValue(key, out var found)
        && accounts.ContainsKey(found.Account)
        && scopes?.Within(found.Scopes) is not false;

    private static List<Guid> InOrder(IEnumerable<Guid?> ids) => [.. ids.OfType<Guid>().Distinct().Order()];

    private static async Task<Dictionary<Guid, long>> AccountsAsync(Db db, List<Guid> ids) =>
        (
            await db.ListOfAsync(
                $"SELECT id, epoch FROM accounts WHERE {db.OneOf("id")} AND disabled_at IS NULL "
                    + $"ORDER BY id {db.ForShare}",
                row => (Id: row.Id(0), Epoch: row.Number(1)),
                ids
            )
        ).ToDictionary(account => account.Id, account => account.Epoch);

    private static async Task<Dictionary<string, (long Epoch, Guid? Owner)>> ClientsAsync(Db db, List<string> ids) =>
        (
            await db.ListOfAsync(
                $"SELECT id, epoch, owner_id FROM clients WHERE {db.OneOf("id")} AND disabled_at IS NULL "
                    + $"ORDER BY id {db.ForShare}",
                row => (Id: row.Text(0), Epoch: row.Number(1), Owner: row.MaybeId(2)),
                ids
            )
        ).ToDictionary(client => client.Id, client => (client.Epoch, client.Owner), StringComparer.Ordinal);

    // For one transaction at a time: what a key has opened is counted while nobody else opens anything with it. Asked
    // for by its id alone, or a database without statistics would rather read the index of all keys that have not
    // frozen.
    private static async Task<Dictionary<Guid, (Guid Account, Scopes Scopes)>> ApiKeysAsync(
        Db db,
        List<Guid> ids,
        DateTimeOffset now
    ) =>
        (
            await db.ListOfAsync(
                "SELECT id, account_id, freezes_at, revoked_at, overlap_ends_at, scopes FROM api_keys "
                    + $"WHERE {db.OneOf("id")} ORDER BY id {db.ForUpdate}",
                row =>
                    (
                        Id: row.Id(0),
                        Account: row.Id(1),
                        Works: row.Time(2) > now && row.IsNull(3) && !(row.MaybeTime(4) <= now),
                        Scopes: row.Scopes(5)
                    ),
                ids
            )
        )
            .Where(key => key.Works)
            .ToDictionary(key => key.Id, key => (key.Account, key.Scopes));

    private static async Task<HashSet<Guid>> SubscriptionsAsync(Db db, List<Guid> ids) =>
        [
            .. (
                await db.ListOfAsync(
                    $"SELECT id, state FROM subscriptions WHERE {db.OneOf("id")} ORDER BY id {db.ForShare}",
                    row => (Id: row.Id(0), Active: row.Name<SubscriptionState>(1) == SubscriptionState.Active),
                    ids
                )
            )
                .Where(subscription => subscription.Active)
                .Select(subscription => subscription.Id),
        ];
}
