using Turnstone.Model;
using Turnstone.Storage.Audit;
using Turnstone.Storage.Engines;
using Turnstone.Tokens.Keys;

namespace Turnstone.Storage.Keys;

internal sealed class SigningKeyStore(Engine engine) : ISigningKeyStore
{
    private const string Columns = "kid, algorithm, sealed, published_at, signs_from, retired_at";

    public Task<IReadOnlyList<SigningKeyRecord>> ListAsync(CancellationToken cancellationToken) =>
        engine.ReadAsync<IReadOnlyList<SigningKeyRecord>>(
            async db => await db.ListAsync($"SELECT {Columns} FROM signing_keys ORDER BY published_at, kid", Read),
            cancellationToken
        );

    public Task<Receipt> AddAsync(
        IReadOnlyList<string> known,
        IReadOnlyList<SigningKeyRecord> added,
        AuditEntry entry,
        CancellationToken cancellationToken
    ) =>
        engine.ChangeAsync(
            async db =>
            {
                await db.LockAsync("signing keys");
                var stored = await db.ListAsync("SELECT kid FROM signing_keys", row => row.Text(0));
                if (!stored.ToHashSet(StringComparer.Ordinal).SetEquals(known))
                {
                    return Receipt.Conflict;
                }

                await db.ExecuteManyAsync(
                    $"INSERT INTO signing_keys ({Columns}) VALUES ($1, $2, $3, $4, $5, $6)",
                    [.. added.Select(Values)]
                );
                await AuditRow.AppendAsync(db, entry);
                db.Announce(ChangeKind.SigningKeys);
                return Receipt.Committed;
            },
            cancellationToken
        );

    public Task<Receipt> SaveAsync(
        SigningKeyRecord seen,
        SigningKeyRecord key,
        AuditEntry? entry,
        CancellationToken cancellationToken
    ) =>
        engine.ChangeAsync(
            async db =>
            {
                await db.LockAsync("signing keys");
                var stored = await db.ListAsync($"SELECT {Columns} FROM signing_keys WHERE kid = $1", Read, seen.Kid);
                if (stored is not [var now] || !Same(now, seen))
                {
                    return Receipt.Conflict;
                }

                await db.ExecuteAsync(
                    "UPDATE signing_keys SET algorithm = $2, sealed = $3, published_at = $4, signs_from = $5, "
                        + "retired_at = $6 WHERE kid = $1",
                    Values(key)
                );
                if (entry is not null)
                {
                    await AuditRow.AppendAsync(db, entry);
                }

                db.Announce(ChangeKind.SigningKeys);
                return Receipt.Committed;
            },
            cancellationToken
        );

    public Task RemoveAsync(string kid, CancellationToken cancellationToken) =>
        engine.WriteAsync(
            async db =>
            {
                await db.LockAsync("signing keys");
                await db.ExecuteAsync("DELETE FROM signing_keys WHERE kid = $1", kid);
                db.Announce(ChangeKind.SigningKeys);
            },
            cancellationToken
        );

    // A record compares its bytes by reference.
    private static bool Same(SigningKeyRecord a, SigningKeyRecord b) =>
        a.Sealed.AsSpan().SequenceEqual(b.Sealed) && a == b with { Sealed = a.Sealed };

    private static object?[] Values(SigningKeyRecord k) =>
        [k.Kid, k.Algorithm, k.Sealed, k.PublishedAt, k.SignsFrom, k.RetiredAt];

    private static SigningKeyRecord Read(Row row) =>
        new(row.Text(0), row.Word<SigningAlgorithm>(1), row.Bytes(2), row.Time(3), row.Time(4), row.MaybeTime(5));
}
