using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Storage.Audit;
using Turnstone.Storage.Engines;

namespace Turnstone.Storage.Directory;

internal sealed class DeviceAuthorizationStore(Engine engine, ICodeStore codes, TimeProvider time)
    : IDeviceAuthorizationStore
{
    private const string Columns =
        "hash, user_code_hash, client_id, contract, scopes, network, agent, created_at, expires_at, "
        + "answer, resources";

    // What the network adds or takes between two questions of a device that keeps its interval.
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(1);

    public Task<Receipt> AddAsync(
        DeviceAuthorization authorization,
        TimeSpan interval,
        int most,
        CancellationToken cancellationToken
    ) =>
        engine.ChangeAsync(
            async db =>
            {
                var waiting = await db.NumberAsync(
                    "SELECT COUNT(*) FROM device_authorizations WHERE expires_at > $1",
                    authorization.CreatedAt
                );
                if (waiting >= most)
                {
                    return new Receipt(ReceiptKind.TooMany);
                }

                await db.ExecuteAsync(
                    $"INSERT INTO device_authorizations ({Columns}, poll_interval) "
                        + "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
                    authorization.Hash,
                    authorization.UserCodeHash,
                    authorization.ClientId,
                    authorization.Contract,
                    authorization.Scopes,
                    authorization.AskedBy.Network,
                    authorization.AskedBy.UserAgent,
                    authorization.CreatedAt,
                    authorization.ExpiresAt,
                    authorization.Answer,
                    authorization.Resources,
                    interval
                );
                return Receipt.Committed;
            },
            cancellationToken
        );

    public Task<DeviceAuthorization?> FindAsync(IReadOnlyList<byte[]> hashes, CancellationToken cancellationToken) =>
        FindByAsync("hash", hashes, cancellationToken);

    public Task<DeviceAuthorization?> FindByUserCodeAsync(
        IReadOnlyList<byte[]> hashes,
        CancellationToken cancellationToken
    ) => FindByAsync("user_code_hash", hashes, cancellationToken);

    public Task<OneTimeCode?> CodeAsync(byte[] hash, CancellationToken cancellationToken) =>
        codes.FindAsync([hash], cancellationToken);

    public Task<bool> PollAsync(byte[] hash, DateTimeOffset now, TimeSpan more, CancellationToken cancellationToken) =>
        engine.WriteAsync(
            async db =>
            {
                var kept = await db.ExecuteAsync(
                    "UPDATE device_authorizations SET polled_at = $2 "
                        + "WHERE hash = $1 AND (polled_at IS NULL OR polled_at + poll_interval <= $3)",
                    hash,
                    now,
                    now + Tolerance
                );
                if (kept == 0)
                {
                    await db.ExecuteAsync(
                        "UPDATE device_authorizations SET polled_at = $2, poll_interval = poll_interval + $3 "
                            + "WHERE hash = $1",
                        hash,
                        now,
                        more
                    );
                }

                return kept == 1;
            },
            cancellationToken
        );

    public Task<Receipt> AllowAsync(OneTimeCode code, AuditEntry entry, CancellationToken cancellationToken) =>
        engine.ChangeAsync(
            async db =>
            {
                // Locked as whoever takes the consent back locks it: the code comes before that, or not at all.
                await ConsentStore.LockAsync(db, code.AccountId);
                if (
                    !await db.AnyAsync(
                        "SELECT 1 FROM consents WHERE account_id = $1 AND client_id = $2 AND contract = $3",
                        code.AccountId,
                        code.ClientId,
                        code.Contract
                    )
                )
                {
                    return Receipt.Withdrawn;
                }

                if (!await AnswerAsync(db, code.Hash, DeviceAnswer.Allowed))
                {
                    return Receipt.Conflict;
                }

                await CodeStore.InsertAsync(db, code);
                await AuditRow.AppendAsync(db, entry);
                return Receipt.Committed;
            },
            cancellationToken
        );

    public Task<Receipt> DenyAsync(byte[] hash, AuditEntry entry, CancellationToken cancellationToken) =>
        engine.ChangeAsync(
            async db =>
            {
                if (!await AnswerAsync(db, hash, DeviceAnswer.Denied))
                {
                    return Receipt.Conflict;
                }

                await AuditRow.AppendAsync(db, entry);
                return Receipt.Committed;
            },
            cancellationToken
        );

    public Task<int> SweepAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken) =>
        engine.WriteAsync(
            db =>
                db.ExecuteAsync(
                    "DELETE FROM device_authorizations WHERE hash IN "
                        + "(SELECT hash FROM device_authorizations WHERE expires_at < $1 ORDER BY expires_at LIMIT $2)",
                    before,
                    limit
                ),
            cancellationToken
        );

    // Of two answers at once the first one counts.
    private async Task<bool> AnswerAsync(Db db, byte[] hash, DeviceAnswer answer) =>
        await db.ExecuteAsync(
            "UPDATE device_authorizations SET answer = $2 WHERE hash = $1 AND answer IS NULL AND expires_at > $3",
            hash,
            answer,
            time.GetUtcNow()
        ) == 1;

    private Task<DeviceAuthorization?> FindByAsync(
        string column,
        IReadOnlyList<byte[]> hashes,
        CancellationToken cancellationToken
    ) =>
        engine.ReadAsync(
            db => db.FirstOfAsync($"SELECT {Columns} FROM device_authorizations WHERE {column} = $1", Read, hashes),
            cancellationToken
        );

    private static DeviceAuthorization Read(Row row) =>
        new()
        {
            Hash = row.Bytes(0),
            UserCodeHash = row.Bytes(1),
            ClientId = row.Text(2),
            Contract = row.Text(3),
            Scopes = row.Scopes(4),
            AskedBy = new Caller(row.Text(5), row.MaybeText(6)),
            CreatedAt = row.Time(7),
            ExpiresAt = row.Time(8),
            Answer = row.MaybeWord<DeviceAnswer>(9),
            Resources = row.Resources(10),
        };
}
