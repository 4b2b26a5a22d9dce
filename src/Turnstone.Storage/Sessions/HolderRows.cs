using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Sessions;
using Turnstone.Storage.Engines;

namespace Turnstone.Storage.Sessions;

/// <summary>
/// The rows of those who are to hold a batch of sessions. The transaction holds the marks, and whoever changes what is
/// asked of these rows holds them alone (<see cref="Db.LockMarksAsync"/>): what is read here is so until the commit. No
/// row is locked, which would write to its page for each login.
/// </summary>
internal sealed class HolderRows(IReadOnlyList<PendingOpening> batch)
{
    private Dictionary<Guid, long> accounts = [];
    private Dictionary<string, (long Epoch, Guid? Owner)> clients = [];
    private Dictionary<Guid, (Guid Account, Scopes Scopes)> keys = [];
    private HashSet<Guid> subscriptions = [];

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

    public async Task ReadClientsAsync(Db db) =>
        clients = (
            await db.ListOfAsync(
                $"SELECT id, epoch, owner_id FROM clients WHERE {db.OneOf("id")} AND disabled_at IS NULL",
                row => (Id: row.Text(0), Epoch: row.Number(1), Owner: row.MaybeId(2)),
                batch.Select(one => one.Preconditions.Client?.Id).OfType<string>().ToHashSet()
            )
        ).ToDictionary(client => client.Id, client => (client.Epoch, client.Owner), StringComparer.Ordinal);

    // Asked for by its id alone, or a database without statistics would rather read the index of all keys that have not
    // frozen.
    public async Task ReadApiKeysAsync(Db db, DateTimeOffset now) =>
        keys = (
            await db.ListOfAsync(
                "SELECT id, account_id, freezes_at, revoked_at, overlap_ends_at, scopes FROM api_keys "
                    + $"WHERE {db.OneOf("id")}",
                row =>
                    (
                        Id: row.Id(0),
                        Account: row.Id(1),
                        Works: row.Time(2) > now && row.IsNull(3) && !(row.MaybeTime(4) <= now),
                        Scopes: row.Scopes(5)
                    ),
                Ids(one => one.Preconditions.ApiKeyId)
            )
        )
            .Where(key => key.Works)
            .ToDictionary(key => key.Id, key => (key.Account, key.Scopes));

    public async Task ReadSubscriptionsAsync(Db db) =>
        subscriptions =
        [
            .. (
                await db.ListOfAsync(
                    $"SELECT id, state FROM subscriptions WHERE {db.OneOf("id")}",
                    row => (Id: row.Id(0), Active: row.Name<SubscriptionState>(1) == SubscriptionState.Active),
                    Ids(one => one.Preconditions.SubscriptionId)
                )
            )
                .Where(subscription => subscription.Active)
                .Select(subscription => subscription.Id),
        ];

    /// <summary>Those that are to hold sessions, and the owners of the clients that were read.</summary>
    public async Task ReadAccountsAsync(Db db)
    {
        var ids = Ids(one => one.Preconditions.Account?.Id);
        ids.UnionWith(Ids(one => one.Preconditions.ApiKeyId is null ? null : one.Session.AccountId));
        ids.UnionWith(clients.Values.Select(client => client.Owner).OfType<Guid>());
        accounts = (
            await db.ListOfAsync(
                $"SELECT id, epoch FROM accounts WHERE {db.OneOf("id")} AND disabled_at IS NULL",
                row => (Id: row.Id(0), Epoch: row.Number(1)),
                ids
            )
        ).ToDictionary(account => account.Id, account => account.Epoch);
    }

    private HashSet<Guid> Ids(Func<PendingOpening, Guid?> id) => [.. batch.Select(id).OfType<Guid>()];
}
