using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Sessions;
using Turnstone.Storage.Engines;
using Turnstone.Storage.Sessions;

namespace Turnstone.Storage.Directory;

/// <summary>Who acts for whom: a row for each pair, gathered in memory so that no token waits for it.</summary>
internal sealed class DelegationStore(Engine engine, TimeProvider time) : IDelegationStore
{
    private const string Columns = "account_id, client_id, scopes, since, last_used_at, ends_at";

    private const string Upsert =
        $"INSERT INTO delegations ({Columns}) VALUES ($1, $2, $3, $4, $5, $6) "
        + "ON CONFLICT (account_id, client_id) DO UPDATE SET scopes = excluded.scopes, "
        + "since = CASE WHEN delegations.ends_at < excluded.since THEN excluded.since ELSE delegations.since END, "
        + "last_used_at = excluded.last_used_at, "
        + "ends_at = CASE WHEN delegations.ends_at > excluded.ends_at THEN delegations.ends_at "
        + "ELSE excluded.ends_at END WHERE delegations.last_used_at < excluded.last_used_at";

    // What finds no room is noted for nobody.
    private readonly WriteBehindBuffer<(Guid Account, string Client), Delegation> uses = new(
        (one, other) => one.Then(other),
        _ => (Guid.Empty, "")
    );

    public void NoteUse(Delegation delegation) => uses.Add((delegation.AccountId, delegation.ClientId), delegation);

    public async Task<IReadOnlyList<Delegation>> ListAsync(Guid accountId, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var (stored, waiting) = await uses.ReadAsync(() => StoredAsync(accountId, cancellationToken));
        return
        [
            .. stored
                .Concat(waiting.Select(use => use.Value).Where(use => use.AccountId == accountId))
                .GroupBy(one => one.ClientId)
                .Select(all => all.Aggregate((one, other) => one.Then(other)))
                .Where(one => one.EndsAt > now && !IsStopped(one))
                .OrderByDescending(one => one.Since)
                .ThenBy(one => one.ClientId, StringComparer.Ordinal),
        ];
    }

    public Task EndAsync(Guid accountId, string clientId, CancellationToken cancellationToken) =>
        engine.WriteAsync(
            db =>
                db.ExecuteAsync(
                    "UPDATE delegations SET ends_at = $3 WHERE account_id = $1 AND client_id = $2 AND ends_at > $3",
                    accountId,
                    clientId,
                    time.GetUtcNow()
                ),
            cancellationToken
        );

    // In one order on every node, so that two that flush at once do not lock up.
    public Task FlushAsync(CancellationToken cancellationToken) =>
        uses.FlushAsync(
            all => all.OrderBy(use => use.Key.Account).ThenBy(use => use.Key.Client, StringComparer.Ordinal),
            some =>
                engine.WriteAsync(
                    db =>
                        db.ExecuteManyAsync(
                            Upsert,
                            [
                                .. some.Select(use =>
                                    new object?[]
                                    {
                                        use.Key.Account,
                                        use.Key.Client,
                                        use.Value.Scopes,
                                        use.Value.Since,
                                        use.Value.LastUsedAt,
                                        use.Value.EndsAt,
                                    }
                                ),
                            ]
                        ),
                    cancellationToken
                )
        );

    private Task<List<Delegation>> StoredAsync(Guid accountId, CancellationToken cancellationToken) =>
        engine.ReadAsync(
            async db =>
            {
                await Marks.CatchUpAsync(db, engine.Changes.Marks);
                return await db.ListAsync(
                    $"SELECT {Columns} FROM delegations WHERE account_id = $1",
                    row => new Delegation(row.Id(0), row.Text(1), row.Scopes(2), row.Time(3), row.Time(4), row.Time(5)),
                    accountId
                );
            },
            cancellationToken
        );

    private bool IsStopped(Delegation delegation)
    {
        var (account, client) = (delegation.AccountId, delegation.ClientId);
        return new[]
        {
            SessionHolder.Delegation(account, client),
            SessionHolder.Consent(account, client),
            SessionHolder.OwnTokens(client),
            SessionHolder.Client(client),
            SessionHolder.Account(account),
            SessionHolder.Everyone,
        }.Any(holder => engine.Changes.Marks.LastOf(holder)?.At >= delegation.LastUsedAt);
    }
}
