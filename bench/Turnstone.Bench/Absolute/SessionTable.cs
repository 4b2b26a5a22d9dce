using System.Diagnostics;
using Npgsql;
using Turnstone.Bench.Subjects;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Storage;

namespace Turnstone.Bench.Absolute;

/// <summary>
/// A table of sessions as logins by API key leave it: rows made in the order of their ids, each by one of a tenth as
/// many accounts, whose turns come at random. A refresh reads neither accounts nor keys, so these are not made.
/// </summary>
internal static class SessionTable
{
    /// <summary>How many sessions an account has, on the average.</summary>
    public const int SessionsOfOne = 10;

    /// <summary>The time in which they were opened.</summary>
    public static readonly TimeSpan Span = TimeSpan.FromHours(20);

    private const int Chunk = 250_000;

    // The database does what RandomSource.NewId does: the time in milliseconds, then chance, with version and variant
    // in their places (RFC 9562 §5.7).
    private const string Insert = """
        INSERT INTO sessions (
            created_at, advanced_at, access_expires_at, refresh_expires_at, last_used_at, longest_access, ends_at,
            generation, replays, version, refreshable,
            id, contract, grant_kind, scopes, opened_network, account_id, api_key_id, opened_agent)
        SELECT
            at, at, at + 900000000, at + 2592000000000, at, 900000000, at + 2592000000000, 0, 0, 0, 1,
            set_byte(overlay(chance PLACING substring(int8send(at / 1000) FROM 3 FOR 6) FROM 1 FOR 6), 6,
                (get_byte(chance, 6) & 15) | 112),
            'session-v3', 'ApiKey', 'individuals.read', '203.0.113.' || (n % 250),
            decode(md5('account' || holder), 'hex'), decode(md5('key' || holder), 'hex'), 'curl/8.5.0'
        FROM (
            SELECT n, $1 + (n * $2)::bigint AS at, uuid_send(gen_random_uuid()) AS chance,
                (hashint8(n) & 2147483647) % $3 AS holder
            FROM generate_series($4::bigint, $5::bigint) AS n OFFSET 0
        ) AS made
        """;

    /// <summary>Makes the database, unless it is there with its sessions.</summary>
    public static async Task FillAsync(Postgres postgres, string database, long count)
    {
        if (
            await postgres.ExecuteAsync("postgres", $"SELECT 1 FROM pg_database WHERE datname = '{database}'")
            is not null
        )
        {
            return;
        }

        var connectionString = await postgres.NewDatabaseAsync(database);
        await using (
            var store = Store.Open(
                new StoreOptions { ConnectionString = connectionString },
                TimeProvider.System,
                RandomSource.System
            )
        )
        {
            await store.Migrations.ApplyAsync(CancellationToken.None);
        }

        await using var source = NpgsqlDataSource.Create(connectionString + ";Command Timeout=0");
        var clock = Stopwatch.StartNew();
        var first =
            (TimeProvider.System.GetUtcNow() - Span - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        for (long made = 0; made < count; made += Chunk)
        {
            await using var command = source.CreateCommand(Insert);
            foreach (
                var value in (object[])
                    [
                        first,
                        Span.TotalMicroseconds / count,
                        Math.Max(1, count / SessionsOfOne),
                        made,
                        Math.Min(made + Chunk, count) - 1,
                    ]
            )
            {
                command.Parameters.Add(new NpgsqlParameter { Value = value });
            }

            await command.ExecuteNonQueryAsync();
            Console.Error.WriteLine(
                $"{database}: {Math.Min(made + Chunk, count)} of {count} sessions "
                    + $"after {clock.Elapsed.TotalSeconds:0} s"
            );
        }

        await postgres.ExecuteAsync(database, "VACUUM (ANALYZE) sessions");
        await postgres.ExecuteAsync(database, "CHECKPOINT");
    }

    /// <summary>What a session takes, and which part of it is whose.</summary>
    public static async Task<(double Each, string Parts)> BytesAsync(Postgres postgres, string database)
    {
        const string Rows = "(SELECT count(*) FROM sessions)";
        var each = (double)
            (await postgres.ExecuteAsync(database, $"SELECT pg_total_relation_size('sessions')::float8 / {Rows}"))!;
        var parts = (string)
            (
                await postgres.ExecuteAsync(
                    database,
                    $"SELECT string_agg(relname || ' ' || round(pg_relation_size(oid)::numeric / {Rows}, 1), ', ' "
                        + "ORDER BY pg_relation_size(oid) DESC) "
                        + "FROM pg_class WHERE oid = 'sessions'::regclass OR oid IN (SELECT indexrelid FROM pg_index "
                        + "WHERE indrelid = 'sessions'::regclass)"
                )
            )!;
        return (each, parts);
    }

    /// <summary>So many sessions from all over the table, in random order.</summary>
    public static async Task<IReadOnlyList<(SessionId Id, uint Generation)>> PickAsync(
        Postgres postgres,
        string database,
        long count,
        int wanted
    )
    {
        var share = Math.Min(100, 110.0 * wanted / count);
        await using var source = NpgsqlDataSource.Create(postgres.ConnectionStringOf(database) + ";Command Timeout=0");
        await using var command = source.CreateCommand(
            "SELECT id, generation FROM sessions TABLESAMPLE BERNOULLI ($1) ORDER BY random() LIMIT $2"
        );
        command.Parameters.Add(new NpgsqlParameter { Value = share });
        command.Parameters.Add(new NpgsqlParameter { Value = (long)wanted });
        await using var reader = await command.ExecuteReaderAsync();
        var picked = new List<(SessionId, uint)>(wanted);
        while (await reader.ReadAsync())
        {
            picked.Add((SessionId.Read(reader.GetFieldValue<byte[]>(0)), (uint)reader.GetInt32(1)));
        }

        return picked;
    }
}
