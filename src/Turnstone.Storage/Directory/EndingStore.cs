using Turnstone.Administration;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Storage.Engines;
using Turnstone.Storage.Sessions;

namespace Turnstone.Storage.Directory;

internal sealed class EndingStore(Engine engine, TimeProvider time, RandomSource random) : IEndingStore
{
    public Task<EndCount> CountAsync(EndStep step, CancellationToken cancellationToken) =>
        engine.ReadAsync(
            async db =>
            {
                var rows = await EndedRows.ReadAsync(db, step, "");
                return rows.ToCount() with
                {
                    Codes = step.KeepsCredentials ? 0 : await CountCodesAsync(db, rows),
                    Sessions = step.EndsSessions ? await CountSessionsAsync(db, rows) : null,
                };
            },
            cancellationToken
        );

    public Task<int> CountSessionsAsync(IReadOnlySet<Guid>? subscriptions, CancellationToken cancellationToken) =>
        new SessionWalk(engine, time.GetUtcNow()).CountAsync(
            holders =>
                subscriptions is null
                || (holders.Subscription is var (subscription, _) && subscriptions.Contains(subscription)),
            cancellationToken
        );

    public async Task<EndCount> EndAsync(
        EndStep step,
        Caller caller,
        string detail,
        CancellationToken cancellationToken
    )
    {
        // Read before, so that nobody waits for the counting.
        var sessions = step.EndsSessions ? (await CountAsync(step, cancellationToken)).Sessions : null;
        return await engine.WriteAsync(
            async db =>
            {
                if (step.EndsSessions)
                {
                    await db.LockMarksAsync();
                }

                var rows = await EndedRows.ReadAsync(db, step, db.ForUpdate);
                var writes = new EndingWrites(db, time.GetUtcNow(), random, caller, detail);
                var codes = await writes.WriteAsync(rows, step.EndsSessions, step.KeepsCredentials);
                return rows.ToCount() with { Codes = codes, Sessions = sessions };
            },
            cancellationToken
        );
    }

    public async Task<ReceiptKind> EraseAsync(Guid accountId, Caller caller, CancellationToken cancellationToken) =>
        (
            await engine.ChangeAsync(
                async db =>
                {
                    await db.LockMarksAsync();
                    if (await AccountStore.FindAsync(db, accountId, db.ForUpdate) is not { Erased: false } account)
                    {
                        return Receipt.Conflict;
                    }

                    if (AccountStore.Administers(account) && await AccountStore.IsLastAsync(db, accountId))
                    {
                        return Receipt.Withdrawn;
                    }

                    var rows = await EndedRows.ReadAsync(db, new EndStep { Accounts = [accountId] }, db.ForUpdate);
                    var now = time.GetUtcNow();
                    await new EndingWrites(db, now, random, caller, "erased").WriteAsync(rows, endsSessions: true);
                    await Erasure.WriteAsync(db, accountId, now, caller);
                    return Receipt.Committed;
                },
                cancellationToken
            )
        ).Kind;

    public Task<Guid?> ScrubAuditAsync(Guid accountId, Guid after, int limit, CancellationToken cancellationToken) =>
        engine.WriteAsync(db => Erasure.ScrubAuditAsync(db, accountId, after, limit), cancellationToken);

    public Task<Guid?> ScrubSessionsAsync(
        Guid accountId,
        Guid after,
        int limit,
        CancellationToken cancellationToken
    ) => engine.WriteAsync(db => Erasure.ScrubSessionsAsync(db, accountId, after, limit), cancellationToken);

    public Task<IReadOnlyList<Guid>> AccountsAsync(Guid after, int limit, CancellationToken cancellationToken) =>
        engine.ReadAsync<IReadOnlyList<Guid>>(
            async db =>
                await db.ListAsync(
                    "SELECT id FROM accounts WHERE id > $1 ORDER BY id LIMIT $2",
                    row => row.Id(0),
                    after,
                    limit
                ),
            cancellationToken
        );

    public Task<IReadOnlyList<Guid>> SubscriptionsAsync(
        Guid productId,
        Guid after,
        int limit,
        CancellationToken cancellationToken
    ) =>
        engine.ReadAsync<IReadOnlyList<Guid>>(
            async db =>
                await db.ListAsync(
                    "SELECT id FROM subscriptions WHERE state = $1 AND id > $2 AND product_id = $3 "
                        + "ORDER BY id LIMIT $4",
                    row => row.Id(0),
                    SubscriptionState.Active,
                    after,
                    productId,
                    limit
                ),
            cancellationToken
        );

    public Task<IReadOnlyList<string>> UnownedClientsAsync(
        string after,
        int limit,
        CancellationToken cancellationToken
    ) =>
        engine.ReadAsync<IReadOnlyList<string>>(
            async db =>
                await db.ListAsync(
                    "SELECT id FROM clients WHERE id > $1 AND owner_id IS NULL AND disabled_at IS NULL "
                        + "ORDER BY id LIMIT $2",
                    row => row.Text(0),
                    after,
                    limit
                ),
            cancellationToken
        );

    private async Task<SessionCount?> CountSessionsAsync(Db db, EndedRows rows)
    {
        var count = new SessionCount();
        foreach (
            var holder in rows
                .Accounts.Select(SessionHolder.Account)
                .Concat(rows.Clients.Select(client => SessionHolder.Client(client.Id)))
        )
        {
            count += await SessionLists.CountAsync(db, engine.Changes.Marks, holder, time.GetUtcNow());
        }

        return count;
    }

    private static async Task<int> CountCodesAsync(Db db, EndedRows rows)
    {
        var ofAccounts = await db.ListOfAsync(
            $"SELECT hash FROM codes WHERE {db.OneOf("account_id")} AND used_at IS NULL",
            row => row.Bytes(0),
            rows.Accounts
        );
        var ofClients = await db.ListOfAsync(
            $"SELECT hash FROM codes WHERE {db.OneOf("client_id")} AND used_at IS NULL",
            row => row.Bytes(0),
            rows.Clients.ConvertAll(client => client.Id)
        );
        return ofAccounts.Concat(ofClients).Select(Convert.ToHexString).Distinct().Count();
    }
}
