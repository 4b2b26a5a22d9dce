using System.Diagnostics;
using Microsoft.Data.Sqlite;
using Npgsql;
using Turnstone.Bench.Subjects;
using Turnstone.Model;
using Turnstone.Revocation;
using Turnstone.Sessions;
using Turnstone.Storage;

namespace Turnstone.Bench.Absolute;

/// <summary>
/// What it costs to end all sessions of a client, whatever their number, and to end one session beside any number of
/// others that were ended lately and that this process knows.
/// </summary>
internal static class Revocations
{
    private const int Calls = 15;

    private static readonly long[] Held = [1, 1_000, 1_000_000];
    private static readonly long[] EndedBefore = [100, 10_000, 1_000_000];

    public static async Task<IReadOnlyList<Figure>> MeasureAsync(string[] args)
    {
        var most = (long)args.Number("--most", 1_000_000);
        var folder = System.IO.Directory.CreateTempSubdirectory("turnstone-revocations.").FullName;
        File.SetUnixFileMode(folder, (UnixFileMode)Convert.ToInt32("711", 8));
        try
        {
            await using var postgres = await Postgres.StartAsync(folder);
            return
            [
                .. await MeasureAsync("SQLite", NewFile, $"{folder}/sqlite.journal", most),
                .. await MeasureAsync("PostgreSQL", postgres.NewDatabaseAsync, $"{folder}/postgres.journal", most),
            ];
        }
        finally
        {
            System.IO.Directory.Delete(folder, recursive: true);
        }

        Task<string> NewFile(string name) => Task.FromResult($"Data Source={folder}/{name}.db");
    }

    private static async Task<List<Figure>> MeasureAsync(
        string engine,
        Func<string, Task<string>> make,
        string journal,
        long most
    )
    {
        var figures = new List<Figure>();
        var least = 0.0;
        foreach (var count in Held.Where(count => count <= most))
        {
            var taken = await EndAllAsync(await make($"held{count}"), count);
            least = count == Held[0] ? taken : least;
            figures.Add(new($"end all of a client, {engine}", $"{count} sessions", taken, least * 3, "ms"));
        }

        foreach (var count in EndedBefore.Where(count => count <= most))
        {
            var taken = await EndOneAsync(await make($"ended{count}"), count);
            least = count == EndedBefore[0] ? taken : least;
            figures.Add(new($"end one session, {engine}", $"{count} others ended lately", taken, least * 3, "ms"));
        }

        // The same again on the same disk, and what had to be written into the journal before the answer.
        var noted = await EndOneAsync(await make("noted"), EndedBefore[0], journal);
        figures.Add(new($"end one session, {engine}", "with the journal of revocations", noted, least * 3, "ms"));

        figures.AddRange(await RefreshesBeside.MeasureAsync(engine, await make("beside"), Math.Min(most, Held[^1])));
        return figures;
    }

    /// <summary>Once: nothing is left to end the second time. Other clients have warmed code and plans.</summary>
    private static async Task<double> EndAllAsync(string database, long count)
    {
        await using var store = await OpenAsync(database);
        for (var i = 0; i < Calls; i++)
        {
            await FillAsync(database, $"warm{i}", 5, ended: false);
        }

        await FillAsync(database, "shop", count, ended: false);
        for (var i = 0; i < Calls; i++)
        {
            await EndAsync($"warm{i}");
        }

        return await TimeAsync(() => EndAsync("shop"));

        Task<Receipt> EndAsync(string client) =>
            store.Sessions.EndAllAsync(
                SessionHolder.Client(client),
                RevocationReason.ByOperator,
                Entry(AuditEvent.SessionsRevoked),
                CancellationToken.None
            );
    }

    private static async Task<double> EndOneAsync(string database, long others, string? journal = null)
    {
        await using var store = await OpenAsync(database, journal);
        await FillAsync(database, "others", others, ended: true);
        await FillAsync(database, "shop", Calls, ended: false);
        using var meter = new RevocationMeter();
        using var revoked = new RevokedSessions(
            store.Sessions,
            store.Changes,
            new RevocationBounds(),
            meter,
            TimeProvider.System
        );
        await revoked.RefreshAsync(CancellationToken.None);
        var times = new List<double>();
        foreach (
            var session in await store.Sessions.ListAsync(SessionHolder.Client("shop"), Calls, CancellationToken.None)
        )
        {
            times.Add(
                await TimeAsync(async () =>
                {
                    await store.Sessions.EndAsync(
                        session.Id,
                        RevocationReason.Logout,
                        Entry(AuditEvent.SessionRevoked),
                        CancellationToken.None
                    );
                    await revoked.RefreshAsync(CancellationToken.None);
                })
            );
        }

        return times.Order().ElementAt(times.Count / 2);
    }

    private static async Task<double> TimeAsync(Func<Task> work)
    {
        var began = Stopwatch.GetTimestamp();
        await work();
        return Stopwatch.GetElapsedTime(began).TotalMilliseconds;
    }

    internal static async Task<Store> OpenAsync(string database, string? journal = null)
    {
        var store = Store.Open(
            new StoreOptions { ConnectionString = database, JournalFolder = journal },
            TimeProvider.System,
            RandomSource.System
        );
        await store.Migrations.ApplyAsync(CancellationToken.None);
        return store;
    }

    internal static async Task FillAsync(string database, string client, long count, bool ended)
    {
        var embedded = database.StartsWith("Data Source=", StringComparison.Ordinal);
        var numbers = embedded
            ? "(WITH RECURSIVE n (n) AS "
                + $"(SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < {count}) SELECT n FROM n) AS n"
            : $"generate_series(1, {count}) AS n (n)";
        var now = (TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        var sql = $"""
            INSERT INTO sessions (
                created_at, advanced_at, access_expires_at, refresh_expires_at, last_used_at, longest_access,
                generation, replays, version, refreshable, id, contract, grant_kind, scopes, opened_network, client_id,
                subject, revoked_at, revoked_for, revoked_number)
            SELECT {now} + n, {now}, {now} + 900000000, {now} + 2592000000000, {now}, 900000000, 0, 0, 0, 1,
                {(embedded ? "randomblob(16)" : "uuid_send(gen_random_uuid())")}, 'oauth2', 'Code', '', '203.0.113.7',
                '{client}', 'ada', {(ended ? $"{now}, 'Logout', 1" : "NULL, NULL, NULL")}
            FROM {numbers}
            """;
        if (embedded)
        {
            await using var connection = new SqliteConnection($"{database};Pooling=False");
            connection.Open();
            await using var command = connection.CreateCommand();
            command.CommandText = sql;
            command.ExecuteNonQuery();
        }
        else
        {
            await using var source = NpgsqlDataSource.Create($"{database};Command Timeout=0");
            await using var command = source.CreateCommand(sql);
            await command.ExecuteNonQueryAsync();
            await using var analyze = source.CreateCommand("ANALYZE sessions");
            await analyze.ExecuteNonQueryAsync();
        }
    }

    internal static AuditEntry Entry(AuditEvent what) =>
        new()
        {
            Event = what,
            At = TimeProvider.System.GetUtcNow(),
            Caller = Caller.Operator,
        };
}
