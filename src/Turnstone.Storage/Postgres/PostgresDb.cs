using System.Data.Common;
using Npgsql;
using Turnstone.Sessions;
using Turnstone.Storage.Engines;
using Turnstone.Storage.Sessions;

namespace Turnstone.Storage.Postgres;

/// <summary>A connection to PostgreSQL; it prepares by itself what is used often.</summary>
internal sealed class PostgresDb(NpgsqlConnection connection, RandomSource random, CancellationToken cancellationToken) : Db(random, cancellationToken)
{
    private const string Rotate =
        "UPDATE sessions AS s SET generation = v.generation, advanced_at = v.advanced_at, access_expires_at = v.access_expires_at, "
        + "refresh_expires_at = v.refresh_expires_at, advance_key_hash = v.advance_key_hash, refreshes = v.refreshes, replays = v.replays, "
        + "last_used_at = v.last_used_at, revoked_at = v.revoked_at, revoked_for = v.revoked_for, version = v.version, longest_access = v.longest_access "
        + "FROM unnest($1::bytea[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bytea[], $8::bigint[], $9::bigint[], "
        + "$10::bigint[], $11::bigint[], $12::text[], $13::bigint[], $14::bigint[]) "
        + "AS v (id, before, generation, advanced_at, access_expires_at, refresh_expires_at, advance_key_hash, refreshes, replays, last_used_at, "
        + "revoked_at, revoked_for, version, longest_access) "
        + "WHERE s.id = v.id AND s.version = v.before RETURNING s.id";

    // A refresh waits for one row's lock at most; ending a hundred thousand sessions at once may take the connection's longer time.
    private const int RefreshTimeoutSeconds = 3;

    /// <summary>The caller's, where he has to be answered in time.</summary>
    public Patience? Patience { get; init; }

    public override void TakesLong() => Patience?.Lengthen();

    public override string ForShare => "FOR SHARE";

    public override string ForUpdate => "FOR UPDATE";

    public override Task LockAsync(string name) => AnyAsync("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", name);

    public override Task<bool> TableExistsAsync(string name) => AnyAsync("SELECT 1 FROM pg_class WHERE oid = to_regclass($1)", name);

    public override async Task ExecuteManyAsync(string sql, IReadOnlyList<object?[]> rows)
    {
        await using var batch = new NpgsqlBatch(connection);
        foreach (var row in rows)
        {
            var command = new NpgsqlBatchCommand(sql);
            Bind(command.Parameters, row);
            batch.BatchCommands.Add(command);
        }

        await batch.ExecuteNonQueryAsync(Cancelled);
    }

    public override async Task<List<Session>> ReadSessionsAsync(IReadOnlyCollection<SessionId> ids)
    {
        await using var command = new NpgsqlCommand($"SELECT {SessionRow.Columns} FROM sessions WHERE id = ANY($1)", connection)
        {
            CommandTimeout = RefreshTimeoutSeconds,
        };
        command.Parameters.Add(new NpgsqlParameter { Value = ids.Select(id => id.ToBytes()).ToArray() });
        await using var reader = await command.ExecuteReaderAsync(Cancelled);
        var rows = new List<Session>(ids.Count);
        while (await reader.ReadAsync(Cancelled))
        {
            rows.Add(SessionRow.Read(reader));
        }

        return rows;
    }

    public override async Task<HashSet<SessionId>> WriteRotatedAsync(IReadOnlyList<Session> rows, IReadOnlyList<long> versionsBefore)
    {
        await using var command = new NpgsqlCommand(Rotate, connection) { CommandTimeout = RefreshTimeoutSeconds };
        Add(s => s.Id.ToBytes());
        command.Parameters.Add(new NpgsqlParameter { Value = versionsBefore.ToArray() });
        Add(s => (long)s.Generation);
        Add(s => Value.OfTime(s.AdvancedAt));
        Add(s => Value.OfTime(s.AccessExpiresAt));
        Add(s => Value.OfTime(s.RefreshExpiresAt));
        Add(s => s.AdvanceKeyHash);
        Add(s => s.Refreshes);
        Add(s => s.Replays);
        Add(s => Value.OfTime(s.LastUsedAt));
        Add(s => s.RevokedAt is { } at ? Value.OfTime(at) : (long?)null);
        Add(s => s.RevokedFor?.ToString());
        Add(s => s.Version);
        Add(s => s.LongestAccess.Ticks / TimeSpan.TicksPerMicrosecond);

        await using var reader = await command.ExecuteReaderAsync(Cancelled);
        var written = new HashSet<SessionId>();
        while (await reader.ReadAsync(Cancelled))
        {
            written.Add(new SessionId(reader.Id(0)));
        }

        return written;

        void Add<T>(Func<Session, T> column) => command.Parameters.Add(new NpgsqlParameter { Value = rows.Select(column).ToArray() });
    }

    protected override DbCommand Command(string sql, object?[] values)
    {
        var command = new NpgsqlCommand(sql, connection);
        Bind(command.Parameters, values);
        return command;
    }

    protected override void Release(DbCommand command) => command.Dispose();

    private static void Bind(NpgsqlParameterCollection parameters, object?[] values)
    {
        foreach (var value in values)
        {
            parameters.Add(new NpgsqlParameter { Value = Value.Of(value) });
        }
    }
}
