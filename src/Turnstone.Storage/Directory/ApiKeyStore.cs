using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Storage.Audit;
using Turnstone.Storage.Engines;
using Turnstone.Storage.Sessions;

namespace Turnstone.Storage.Directory;

internal sealed class ApiKeyStore(Engine engine, TimeProvider time, ApiKeyUses uses) : IApiKeyStore
{
    private const string Columns =
        "id, account_id, name, hash, hint, scopes, created_at, freezes_at, revoked_at, successor_id, "
        + "overlap_ends_at, last_used_at, last_used_from, warned_for, revision";

    private const string Insert =
        $"INSERT INTO api_keys ({Columns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";

    private const string Upsert =
        $"{Insert} ON CONFLICT (id) DO UPDATE SET account_id = excluded.account_id, name = excluded.name, "
        + "hash = excluded.hash, hint = excluded.hint, "
        + "scopes = excluded.scopes, freezes_at = excluded.freezes_at, revoked_at = COALESCE(api_keys.revoked_at, "
        + "excluded.revoked_at), "
        + "successor_id = COALESCE(api_keys.successor_id, excluded.successor_id), "
        + "overlap_ends_at = COALESCE(api_keys.overlap_ends_at, excluded.overlap_ends_at), "
        + "revision = excluded.revision";

    public Task<ApiKey?> FindAsync(Guid id, CancellationToken cancellationToken) =>
        engine.ReadAsync(
            db => db.FirstAsync($"SELECT {Columns} FROM api_keys WHERE id = $1", Read, id),
            cancellationToken
        );

    public Task<ApiKey?> FindByHashAsync(IReadOnlyList<byte[]> hashes, CancellationToken cancellationToken) =>
        engine.ReadAsync(
            db => db.FirstOfAsync($"SELECT {Columns} FROM api_keys WHERE hash = $1", Read, hashes),
            cancellationToken
        );

    public Task<IReadOnlyList<ApiKey>> ListAsync(Guid accountId, CancellationToken cancellationToken) =>
        engine.ReadAsync<IReadOnlyList<ApiKey>>(
            async db =>
                await db.ListAsync(
                    $"SELECT {Columns} FROM api_keys WHERE account_id = $1 ORDER BY created_at, id",
                    Read,
                    accountId
                ),
            cancellationToken
        );

    public Task<Receipt> SaveAsync(ApiKey key, AuditEntry entry, CancellationToken cancellationToken) =>
        engine.ChangeAsync(
            async db =>
            {
                // The marks are locked before any row is; whether they have to be, the row tells.
                if (Ends(await FindAsync(db, key.Id, ""), key))
                {
                    await db.LockMarksAsync();
                }

                var stored = await FindAsync(db, key.Id, db.ForUpdate);
                if (stored is null ? key.Revision != 0 : stored.Revision != key.Revision)
                {
                    return Receipt.Conflict;
                }

                await db.ExecuteAsync(Upsert, Values(key));
                if (Ends(stored, key))
                {
                    await EndSessionsAsync(db, key.Id);
                }

                db.Announce(ChangeKind.Directory);
                await AuditRow.AppendAsync(db, entry);
                return Receipt.Committed;
            },
            cancellationToken
        );

    public Task<Receipt> RollAsync(
        ApiKey old,
        ApiKey successor,
        AuditEntry entry,
        CancellationToken cancellationToken
    ) =>
        engine.ChangeAsync(
            async db =>
            {
                // Without an overlap the old key stops to work now, and what it has opened with it.
                var ends = old.OverlapEndsAt <= time.GetUtcNow();
                if (ends)
                {
                    await db.LockMarksAsync();
                }

                // A key that was revoked or rolled meanwhile has no successor to give.
                if (
                    await db.ExecuteAsync(
                        "UPDATE api_keys SET successor_id = $2, overlap_ends_at = $3, revision = revision + 1 "
                            + "WHERE id = $1 AND revoked_at IS NULL AND successor_id IS NULL",
                        old.Id,
                        old.SuccessorId ?? successor.Id,
                        old.OverlapEndsAt
                    ) == 0
                )
                {
                    return Receipt.Withdrawn;
                }

                if (ends)
                {
                    await EndSessionsAsync(db, old.Id);
                }

                await db.ExecuteAsync(Insert, Values(successor));
                db.Announce(ChangeKind.Directory);
                await AuditRow.AppendAsync(db, entry);
                return Receipt.Committed;
            },
            cancellationToken
        );

    public Task<IReadOnlyList<ApiKey>> ToWarnAsync(
        DateTimeOffset before,
        int limit,
        CancellationToken cancellationToken
    ) =>
        engine.ReadAsync<IReadOnlyList<ApiKey>>(
            async db =>
                await db.ListAsync(
                    $"SELECT {Columns} FROM api_keys WHERE revoked_at IS NULL AND freezes_at > $1 "
                        + "AND freezes_at < $2 AND successor_id IS NULL "
                        + "AND (warned_for IS NULL OR warned_for <> freezes_at) ORDER BY freezes_at LIMIT $3",
                    Read,
                    time.GetUtcNow(),
                    before,
                    limit
                ),
            cancellationToken
        );

    public Task<Receipt> NoteWarnedAsync(Guid id, DateTimeOffset freezesAt, CancellationToken cancellationToken) =>
        engine.WriteAsync(
            async db =>
                await db.ExecuteAsync(
                    "UPDATE api_keys SET warned_for = freezes_at WHERE id = $1 AND freezes_at = $2 "
                        + "AND (warned_for IS NULL OR warned_for <> freezes_at)",
                    id,
                    freezesAt
                ) == 1
                    ? Receipt.Committed
                    : Receipt.Conflict,
            cancellationToken
        );

    public void NoteUse(Guid id, DateTimeOffset at, string network) => uses.Note(id, at, network);

    private static Task<ApiKey?> FindAsync(Db db, Guid id, string locked) =>
        db.FirstAsync($"SELECT {Columns} FROM api_keys WHERE id = $1 {locked}", Read, id);

    /// <summary>
    /// Whether a change ends what the key has opened: it is revoked, or its sessions have scopes that it has no more.
    /// </summary>
    private static bool Ends(ApiKey? stored, ApiKey changed) =>
        stored?.RevokedAt is null
        && (changed.RevokedAt is not null || (stored is not null && !stored.Scopes.Within(changed.Scopes)));

    private Task<HolderMark> EndSessionsAsync(Db db, Guid key) =>
        Marks.MakeAsync(db, SessionHolder.ApiKey(key), RevocationReason.CredentialRevoked, time.GetUtcNow());

    private static object?[] Values(ApiKey k) =>
        [
            k.Id,
            k.AccountId,
            k.Name,
            k.Hash,
            k.Hint,
            k.Scopes,
            k.CreatedAt,
            k.FreezesAt,
            k.RevokedAt,
            k.SuccessorId,
            k.OverlapEndsAt,
            k.LastUsedAt,
            k.LastUsedFrom,
            k.WarnedFor,
            k.Revision + 1,
        ];

    private static ApiKey Read(Row row) =>
        new()
        {
            Id = row.Id(0),
            AccountId = row.Id(1),
            Name = row.Text(2),
            Hash = row.Bytes(3),
            Hint = row.Text(4),
            Scopes = row.Scopes(5),
            CreatedAt = row.Time(6),
            FreezesAt = row.Time(7),
            RevokedAt = row.MaybeTime(8),
            SuccessorId = row.MaybeId(9),
            OverlapEndsAt = row.MaybeTime(10),
            LastUsedAt = row.MaybeTime(11),
            LastUsedFrom = row.MaybeText(12),
            WarnedFor = row.MaybeTime(13),
            Revision = row.Number(14),
        };
}
