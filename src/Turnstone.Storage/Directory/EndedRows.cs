using Turnstone.Administration;
using Turnstone.Directory;
using Turnstone.Storage.Engines;

namespace Turnstone.Storage.Directory;

/// <summary>The rows that a step ends: those that open sessions now.</summary>
internal sealed record EndedRows(
    List<Guid> Accounts,
    List<(string Id, Guid? Owner)> Clients,
    List<(Guid Id, Guid Account)> ApiKeys,
    List<(Guid Id, Guid Account)> Subscriptions
)
{
    /// <summary>In one order, so that two that end them wait for each other and do not lock up.</summary>
    /// <param name="db">The connection.</param>
    /// <param name="step">Whose.</param>
    /// <param name="locked">The end of a SELECT that locks its rows, or nothing.</param>
    public static async Task<EndedRows> ReadAsync(Db db, EndStep step, string locked)
    {
        var accounts = await db.ListOfAsync(
            $"SELECT id FROM accounts WHERE {db.OneOf("id")} ORDER BY id {locked}",
            row => row.Id(0),
            Sorted(step.Accounts)
        );
        return step.KeepsCredentials ? new(accounts, [], [], []) : await OpenersAsync(db, step, accounts, locked);
    }

    public EndCount ToCount() =>
        new()
        {
            Accounts = Accounts.Count,
            Clients = Clients.Count,
            ApiKeys = ApiKeys.Count,
            Subscriptions = Subscriptions.Count,
        };

    private static async Task<EndedRows> OpenersAsync(Db db, EndStep step, List<Guid> accounts, string locked) =>
        new(
            accounts,
            [
                .. await ClientsAsync(db, "owner_id", Sorted(step.Accounts), locked),
                .. await ClientsAsync(db, "id", step.Clients, locked),
            ],
            await db.ListOfAsync(
                $"SELECT id, account_id FROM api_keys WHERE {db.OneOf("account_id")} AND revoked_at IS NULL "
                    + $"ORDER BY id {locked}",
                row => (row.Id(0), row.Id(1)),
                Sorted(step.Accounts)
            ),
            [
                .. await SubscriptionsAsync(db, "account_id", step.Accounts, locked),
                .. await SubscriptionsAsync(db, "id", step.Subscriptions, locked),
            ]
        );

    private static Task<List<(string Id, Guid? Owner)>> ClientsAsync<TKey>(
        Db db,
        string column,
        IReadOnlyCollection<TKey> keys,
        string locked
    ) =>
        db.ListOfAsync(
            $"SELECT id, owner_id FROM clients WHERE {db.OneOf(column)} AND disabled_at IS NULL ORDER BY id {locked}",
            row => (row.Text(0), row.MaybeId(1)),
            keys
        );

    private static Task<List<(Guid Id, Guid Account)>> SubscriptionsAsync(
        Db db,
        string column,
        IReadOnlyList<Guid> keys,
        string locked
    ) =>
        db.ListOfAsync(
            $"SELECT id, account_id FROM subscriptions WHERE {db.OneOf(column)} AND state = $2 ORDER BY id {locked}",
            row => (row.Id(0), row.Id(1)),
            Sorted(keys),
            SubscriptionState.Active
        );

    private static List<Guid> Sorted(IReadOnlyList<Guid> ids) => [.. ids.Order()];
}
