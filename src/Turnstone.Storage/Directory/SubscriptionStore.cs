using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Storage.Audit;
using Turnstone.Storage.Engines;

namespace Turnstone.Storage.Directory;

internal sealed class SubscriptionStore(Engine engine) : ISubscriptionStore
{
    private const string ProductColumns = "id, name, approval_required, created_at, description";
    private const string Columns =
        "id, account_id, product_id, state, primary_key_hash, secondary_key_hash, created_at, expires_at, primary_key_sealed, secondary_key_sealed, revision";

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

    public Task<bool> SaveProductAsync(Product product, AuditEntry entry, CancellationToken cancellationToken) =>
        engine.TryWriteAsync(
            async db =>
            {
                await db.ExecuteAsync(
                    $"INSERT INTO products ({ProductColumns}) VALUES ($1, $2, $3, $4, $5) "
                        + "ON CONFLICT (id) DO UPDATE SET name = excluded.name, approval_required = excluded.approval_required, description = excluded.description",
                    product.Id,
                    product.Name,
                    product.ApprovalRequired,
                    product.CreatedAt,
                    product.Description
                );
                await AuditRow.AppendAsync(db, entry);
                db.Announce(ChangeKind.Directory);
                return true;
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
                    $"SELECT {Columns} FROM subscriptions WHERE id = (SELECT subscription_id FROM subscription_keys WHERE hash = $1)",
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

    public Task<bool> SaveAsync(Subscription subscription, AuditEntry entry, CancellationToken cancellationToken) =>
        engine.TryWriteAsync(
            async db =>
            {
                // What was cancelled stays so, whatever a save that read it before would make of it.
                var stored = await db.FirstAsync(
                    $"SELECT {Columns} FROM subscriptions WHERE id = $1 {db.ForUpdate}",
                    Read,
                    subscription.Id
                );
                if (
                    stored is { State: SubscriptionState.Cancelled }
                    && subscription.State is not SubscriptionState.Cancelled
                )
                {
                    return false;
                }

                if (stored is not null && stored.Revision != subscription.Revision)
                {
                    throw new StoreUnavailableException(
                        "The subscription was changed since it was read; nothing was saved."
                    )
                    {
                        Cause = UnavailableCause.Conflict,
                    };
                }

                await db.ExecuteAsync(
                    $"INSERT INTO subscriptions ({Columns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) "
                        + "ON CONFLICT (id) DO UPDATE SET account_id = excluded.account_id, product_id = excluded.product_id, state = excluded.state, "
                        + "primary_key_hash = excluded.primary_key_hash, secondary_key_hash = excluded.secondary_key_hash, expires_at = excluded.expires_at, "
                        + "primary_key_sealed = excluded.primary_key_sealed, secondary_key_sealed = excluded.secondary_key_sealed, revision = excluded.revision",
                    Values(subscription)
                );
                await db.ExecuteAsync("DELETE FROM subscription_keys WHERE subscription_id = $1", subscription.Id);
                await db.ExecuteManyAsync(
                    "INSERT INTO subscription_keys (hash, subscription_id) VALUES ($1, $2)",
                    Keys(subscription)
                );
                await AuditRow.AppendAsync(db, entry);
                db.Announce(ChangeKind.Directory);
                return true;
            },
            cancellationToken
        );

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
            s.ExpiresAt,
            s.PrimaryKeySealed,
            s.SecondaryKeySealed,
            s.Revision + 1,
        ];

    private static Product ReadProduct(Row row) => new(row.Id(0), row.Text(1), row.Flag(2), row.Time(3), row.Text(4));

    private static Subscription Read(Row row) =>
        new()
        {
            Id = row.Id(0),
            AccountId = row.Id(1),
            ProductId = row.Id(2),
            State = row.Word<SubscriptionState>(3),
            PrimaryKeyHash = row.Bytes(4),
            SecondaryKeyHash = row.Bytes(5),
            CreatedAt = row.Time(6),
            ExpiresAt = row.MaybeTime(7),
            PrimaryKeySealed = row.MaybeBytes(8),
            SecondaryKeySealed = row.MaybeBytes(9),
            Revision = row.Number(10),
        };
}
