using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Storage.Audit;
using Turnstone.Storage.Engines;
using Turnstone.Storage.Sessions;

namespace Turnstone.Storage.Directory;

internal sealed class SubscriptionStore(Engine engine, TimeProvider time) : ISubscriptionStore
{
    private const string ProductColumns = "id, name, approval_required, created_at, description, scopes";
    private const string Columns =
        "id, account_id, product_id, state, primary_key_hash, secondary_key_hash, created_at, "
        + "primary_key_sealed, secondary_key_sealed, revision, message";

    public Task<Product?> FindProductAsync(string name, CancellationToken cancellationToken) =>
        engine.ReadAsync(
            db => db.FirstAsync($"SELECT {ProductColumns} FROM products WHERE name = $1", ReadProduct, name),
            cancellationToken
        );

    public Task<Product?> FindProductAsync(Guid id, CancellationToken cancellationToken) =>
        engine.ReadAsync(
            db => db.FirstAsync($"SELECT {ProductColumns} FROM products WHERE id = $1", ReadProduct, id),
            cancellationToken
        );

    public Task<IReadOnlyList<Product>> ListProductsAsync(CancellationToken cancellationToken) =>
        engine.ReadAsync<IReadOnlyList<Product>>(
            async db => await db.ListAsync($"SELECT {ProductColumns} FROM products ORDER BY name", ReadProduct),
            cancellationToken
        );

    public Task<Receipt> SaveProductAsync(Product product, AuditEntry entry, CancellationToken cancellationToken) =>
        engine.ChangeAsync(
            async db =>
            {
                await db.ExecuteAsync(
                    $"INSERT INTO products ({ProductColumns}) VALUES ($1, $2, $3, $4, $5, $6) "
                        + "ON CONFLICT (id) DO UPDATE SET name = excluded.name, approval_required = "
                        + "excluded.approval_required, description = excluded.description, scopes = excluded.scopes",
                    product.Id,
                    product.Name,
                    product.ApprovalRequired,
                    product.CreatedAt,
                    product.Description,
                    product.Scopes
                );
                await AuditRow.AppendAsync(db, entry);
                db.Announce(ChangeKind.Directory);
                return Receipt.Committed;
            },
            cancellationToken
        );

    public Task<Subscription?> FindAsync(Guid id, CancellationToken cancellationToken) =>
        engine.ReadAsync(
            db => db.FirstAsync($"SELECT {Columns} FROM subscriptions WHERE id = $1", Read, id),
            cancellationToken
        );

    public Task<Subscription?> FindByKeyAsync(IReadOnlyList<byte[]> keyHashes, CancellationToken cancellationToken) =>
        engine.ReadAsync(
            db =>
                db.FirstOfAsync(
                    $"SELECT {Columns} FROM subscriptions WHERE id = (SELECT subscription_id "
                        + "FROM subscription_keys WHERE hash = $1)",
                    Read,
                    keyHashes
                ),
            cancellationToken
        );

    public Task<IReadOnlyList<Subscription>> ListAsync(Guid accountId, CancellationToken cancellationToken) =>
        engine.ReadAsync<IReadOnlyList<Subscription>>(
            async db =>
                await db.ListAsync(
                    $"SELECT {Columns} FROM subscriptions WHERE account_id = $1 ORDER BY created_at, id",
                    Read,
                    accountId
                ),
            cancellationToken
        );

    public Task<IReadOnlyList<Subscription>> ListAsync(
        SubscriptionState state,
        int limit,
        CancellationToken cancellationToken
    ) =>
        engine.ReadAsync<IReadOnlyList<Subscription>>(
            async db =>
                await db.ListAsync(
                    $"SELECT {Columns} FROM subscriptions WHERE state = $1 ORDER BY id LIMIT $2",
                    Read,
                    state,
                    limit
                ),
            cancellationToken
        );

    public Task<IReadOnlyList<Subscription>> SearchAsync(SubscriptionQuery query, CancellationToken cancellationToken)
    {
        List<object?> values = [query.After, query.Limit];
        var conditions = "id > $1";
        Narrow("account_id", query.AccountId);
        Narrow("product_id", query.ProductId);
        Narrow("state", query.State);
        return engine.ReadAsync<IReadOnlyList<Subscription>>(
            async db =>
                await db.ListAsync(
                    $"SELECT {Columns} FROM subscriptions WHERE {conditions} ORDER BY id LIMIT $2",
                    Read,
                    [.. values]
                ),
            cancellationToken
        );

        void Narrow(string column, object? value)
        {
            if (value is not null)
            {
                values.Add(value);
                conditions += $" AND {column} = ${values.Count}";
            }
        }
    }

    // Two nodes that ask at once take turns: whoever comes second finds no row untold.
    public Task<IReadOnlyList<Subscription>> TakeUntoldAsync(
        DateTimeOffset now,
        int limit,
        CancellationToken cancellationToken
    ) =>
        engine.WriteAsync<IReadOnlyList<Subscription>>(
            async db =>
            {
                var untold = await db.ListAsync(
                    $"SELECT {Columns} FROM subscriptions WHERE state = $1 AND told_at IS NULL ORDER BY id LIMIT $2 "
                        + db.ForUpdate,
                    Read,
                    SubscriptionState.Submitted,
                    limit
                );
                await db.ExecuteManyAsync(
                    "UPDATE subscriptions SET told_at = $2 WHERE id = $1",
                    untold.ConvertAll(subscription => new object?[] { subscription.Id, now })
                );
                return untold;
            },
            cancellationToken
        );

    public Task<Receipt> SaveAsync(Subscription subscription, AuditEntry entry, CancellationToken cancellationToken) =>
        engine.ChangeAsync(
            async db =>
            {
                // The marks are locked before any row is; whether they have to be, the row tells.
                if (await FindAsync(db, subscription.Id, "") is { } seen && Ends(seen, subscription).Count > 0)
                {
                    await db.LockMarksAsync();
                }

                var stored = await FindAsync(db, subscription.Id, db.ForUpdate);
                if (
                    stored?.State.Known is SubscriptionState.Cancelled
                    && subscription.State.Known is not SubscriptionState.Cancelled
                )
                {
                    return Receipt.Withdrawn;
                }

                if (stored is null ? subscription.Revision != 0 : stored.Revision != subscription.Revision)
                {
                    return Receipt.Conflict;
                }

                await WriteAsync(db, subscription);
                foreach (var holder in stored is null ? [] : Ends(stored, subscription))
                {
                    await Marks.MakeAsync(db, holder, RevocationReason.CredentialRevoked, time.GetUtcNow());
                }

                await AuditRow.AppendAsync(db, entry);
                db.Announce(ChangeKind.Directory);
                return Receipt.Committed;
            },
            cancellationToken
        );

    /// <summary>
    /// Whose sessions a change ends: all of a subscription that stops to be active, and those of a key that is
    /// replaced.
    /// </summary>
    private static List<SessionHolder> Ends(Subscription stored, Subscription changed)
    {
        if (stored.State.Known is SubscriptionState.Active && changed.State.Known is not SubscriptionState.Active)
        {
            return [SessionHolder.Subscription(stored.Id)];
        }

        var ended = new List<SessionHolder>();
        if (!stored.PrimaryKeyHash.AsSpan().SequenceEqual(changed.PrimaryKeyHash))
        {
            ended.Add(SessionHolder.SubscriptionKey(stored.Id, SubscriptionKeySlot.Primary));
        }

        if (!stored.SecondaryKeyHash.AsSpan().SequenceEqual(changed.SecondaryKeyHash))
        {
            ended.Add(SessionHolder.SubscriptionKey(stored.Id, SubscriptionKeySlot.Secondary));
        }

        return ended;
    }

    private static Task<Subscription?> FindAsync(Db db, Guid id, string locked) =>
        db.FirstAsync($"SELECT {Columns} FROM subscriptions WHERE id = $1 {locked}", Read, id);

    private static async Task WriteAsync(Db db, Subscription subscription)
    {
        await db.ExecuteAsync(
            $"INSERT INTO subscriptions ({Columns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) "
                + "ON CONFLICT (id) DO UPDATE SET account_id = excluded.account_id, product_id = excluded.product_id, "
                + "state = excluded.state, primary_key_hash = excluded.primary_key_hash, "
                + "secondary_key_hash = excluded.secondary_key_hash, "
                + "primary_key_sealed = excluded.primary_key_sealed, "
                + "secondary_key_sealed = excluded.secondary_key_sealed, revision = excluded.revision, "
                + "message = excluded.message",
            Values(subscription)
        );
        await db.ExecuteAsync("DELETE FROM subscription_keys WHERE subscription_id = $1", subscription.Id);
        await db.ExecuteManyAsync(
            "INSERT INTO subscription_keys (hash, subscription_id) VALUES ($1, $2)",
            Keys(subscription)
        );
    }

    private static List<object?[]> Keys(Subscription s)
    {
        List<object?[]> keys =
        [
            [s.PrimaryKeyHash, s.Id],
        ];
        if (!s.SecondaryKeyHash.AsSpan().SequenceEqual(s.PrimaryKeyHash))
        {
            keys.Add([s.SecondaryKeyHash, s.Id]);
        }

        return keys;
    }

    private static object?[] Values(Subscription s) =>
        [
            s.Id,
            s.AccountId,
            s.ProductId,
            s.State,
            s.PrimaryKeyHash,
            s.SecondaryKeyHash,
            s.CreatedAt,
            s.PrimaryKeySealed,
            s.SecondaryKeySealed,
            s.Revision + 1,
            s.Message,
        ];

    private static Product ReadProduct(Row row) =>
        new(row.Id(0), row.Text(1), row.Flag(2), row.Time(3), row.Text(4))
        {
            Scopes = row.IsNull(5) ? Scopes.None : row.Scopes(5),
        };

    private static Subscription Read(Row row) =>
        new()
        {
            Id = row.Id(0),
            AccountId = row.Id(1),
            ProductId = row.Id(2),
            State = row.Name<SubscriptionState>(3),
            PrimaryKeyHash = row.Bytes(4),
            SecondaryKeyHash = row.Bytes(5),
            CreatedAt = row.Time(6),
            PrimaryKeySealed = row.MaybeBytes(7),
            SecondaryKeySealed = row.MaybeBytes(8),
            Revision = row.Number(9),
            Message = row.MaybeText(10),
        };
}
