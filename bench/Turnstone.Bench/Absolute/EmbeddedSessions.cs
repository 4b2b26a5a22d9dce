using System.Buffers.Binary;
using System.Security.Cryptography;
using Microsoft.Data.Sqlite;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Storage;

namespace Turnstone.Bench.Absolute;

/// <summary>
/// What a session takes in the embedded database: the same rows as <see cref="SessionTable"/> makes, and the size of
/// the file.
/// </summary>
internal static class EmbeddedSessions
{
    private const int Chunk = 100_000;

    private const string Insert = """
        WITH RECURSIVE numbers (n) AS (SELECT $first UNION ALL SELECT n + 1 FROM numbers WHERE n < $last)
        INSERT INTO sessions (
            created_at, advanced_at, access_expires_at, refresh_expires_at, last_used_at, longest_access, ends_at,
            generation, replays, version, refreshable,
            id, contract, grant_kind, scopes, opened_network, account_id, api_key_id, opened_agent)
        SELECT
            at, at, at + 900000000, at + 2592000000000, at, 900000000, at + 2592000000000, 0, 0, 0, 1,
            id_at(at), 'session-v3', 'ApiKey', 'individuals.read', '203.0.113.' || (n % 250),
            id_of(1, holder), id_of(2, holder), 'curl/8.5.0'
        FROM (SELECT n, $start + n * $step AS at, holder_of(n) AS holder FROM numbers)
        """;

    public static async Task<double> BytesAsync(string folder, long count)
    {
        var path = Path.Combine(folder, "sessions.db");
        Array.ForEach(System.IO.Directory.GetFiles(folder, "sessions.db*"), File.Delete);
        await using (
            var store = Store.Open(
                new StoreOptions { ConnectionString = $"Data Source={path}" },
                TimeProvider.System,
                RandomSource.System
            )
        )
        {
            await store.Migrations.ApplyAsync(CancellationToken.None);
        }

        await using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        connection.CreateFunction(
            "id_at",
            (long at) =>
                RandomSource.System.NewId(DateTimeOffset.UnixEpoch.AddMicroseconds(at)).ToByteArray(bigEndian: true)
        );
        connection.CreateFunction("id_of", (long kind, long number) => HashOf(kind, number)[..16]);
        connection.CreateFunction(
            "holder_of",
            (long number) =>
                (long)(
                    BinaryPrimitives.ReadUInt64BigEndian(HashOf(0, number))
                    % (ulong)Math.Max(1, count / SessionTable.SessionsOfOne)
                )
        );
        var start =
            (TimeProvider.System.GetUtcNow() - SessionTable.Span - DateTimeOffset.UnixEpoch).Ticks
            / TimeSpan.TicksPerMicrosecond;
        for (long made = 0; made < count; made += Chunk)
        {
            await using var command = connection.CreateCommand();
            command.CommandText = Insert;
            command.Parameters.AddWithValue("$first", made);
            command.Parameters.AddWithValue("$last", Math.Min(made + Chunk, count) - 1);
            command.Parameters.AddWithValue("$start", start);
            command.Parameters.AddWithValue("$step", (long)(SessionTable.Span.TotalMicroseconds / count));
            command.ExecuteNonQuery();
        }

        await using var checkpoint = connection.CreateCommand();
        checkpoint.CommandText = "PRAGMA wal_checkpoint(TRUNCATE)";
        checkpoint.ExecuteNonQuery();
        return new FileInfo(path).Length / (double)count;
    }

    private static byte[] HashOf(long kind, long number)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(bytes, kind);
        BinaryPrimitives.WriteInt64BigEndian(bytes[8..], number);
        return SHA256.HashData(bytes);
    }
}
