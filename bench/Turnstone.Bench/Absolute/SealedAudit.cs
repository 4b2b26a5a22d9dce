using System.Diagnostics;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Npgsql;
using Turnstone.Audit;
using Turnstone.Bench.Subjects;
using Turnstone.Model;
using Turnstone.Sessions;
using Turnstone.Storage;

namespace Turnstone.Bench.Absolute;

/// <summary>
/// What a routine login takes of the disk as an entry of the audit log, how long it takes to find something among many
/// entries, and how long to verify a million.
/// </summary>
internal static class SealedAudit
{
    private const int Accounts = 100_000;
    private const int Together = 2048;
    private const double MostBytes = 90;

    private static readonly string[] Agents = [.. Enumerable.Range(0, 24).Select(i => $"python-requests/2.{i}.0")];

    public static async Task<IReadOnlyList<Figure>> MeasureAsync(string[] args)
    {
        var (logins, count) = ((int)args.Number("--logins", 500_000), (int)args.Number("--count", 10_000_000));
        var folder = System.IO.Directory.CreateTempSubdirectory("turnstone-audit.").FullName;
        File.SetUnixFileMode(folder, (UnixFileMode)Convert.ToInt32("711", 8));
        try
        {
            var figures = new List<Figure>();
            var engines = Engines.Asked(args);
            await using var postgres = engines.Contains(Engines.Postgres) ? await Postgres.StartAsync(folder) : null;
            foreach (var engine in engines)
            {
                figures.Add(await BytesAsync(engine, await NewAsync("bytes"), logins));
                figures.AddRange(await SearchAsync(engine, await NewAsync("search"), count));

                Task<string> NewAsync(string name) =>
                    engine == Engines.Postgres
                        ? postgres!.NewDatabaseAsync(name)
                        : Task.FromResult($"Data Source={folder}/{name}.db");
            }

            return figures;
        }
        finally
        {
            System.IO.Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<Figure> BytesAsync(string engine, string connection, int logins)
    {
        await using (var store = await OpenAsync(connection))
        {
            for (var i = 0; i < logins; i += Together)
            {
                await Task.WhenAll(Enumerable.Range(0, Math.Min(Together, logins - i)).Select(_ => LogInAsync(store)));
                await store.SealedLog.SealAsync(CancellationToken.None);
            }
        }

        var (bytes, persons) = await SizeAsync(connection);
        return new Figure(
            $"bytes on disk per login in the audit log, {Engines.NameOf(engine)}",
            string.Create(
                CultureInfo.InvariantCulture,
                $"{logins:#,0} logins by API key of {Accounts:#,0} accounts, 24 names of programs, after VACUUM, "
                    + $"everything counted but the keys of persons: {persons / Accounts:0} B a person, once"
            ),
            bytes / (double)logins,
            MostBytes,
            "B"
        );
    }

    private static Task<Receipt> LogInAsync(Store store)
    {
        var (account, at) = (AnAccount(), TimeProvider.System.GetUtcNow());
        var session = new Session
        {
            Id = SessionId.New(RandomSource.System, at),
            Contract = "SessionV3",
            Grant = GrantKind.ApiKey,
            Subject = $"{AccountOf(account)}",
            AccountId = AccountOf(account),
            ApiKeyId = KeyOf(account),
            Scopes = Scopes.None,
            Refreshable = true,
            CreatedAt = at,
            AdvancedAt = at,
            AccessExpiresAt = at.AddMinutes(15),
            RefreshExpiresAt = at.AddHours(1),
            LastUsedAt = at,
            OpenedBy = CallerOf(account),
        };
        return store.Sessions.OpenAsync(
            session,
            new Preconditions(),
            EntryOf(account, at) with
            {
                SessionId = session.Id,
            },
            CancellationToken.None
        );
    }

    private static async Task<List<Figure>> SearchAsync(string engine, string connection, int count)
    {
        await using var store = await OpenAsync(connection);
        var session = SessionId.New(RandomSource.System, TimeProvider.System.GetUtcNow());
        var clock = Stopwatch.StartNew();
        for (var i = 0; i < count; i += Together)
        {
            await Task.WhenAll(
                Enumerable.Range(i, Math.Min(Together, count - i)).Select(n => AppendAsync(store, n, session))
            );
            await store.SealedLog.SealAsync(CancellationToken.None);
        }

        var filled = clock.Elapsed;
        var account = AnAccount();
        var (begin, page) = (TimeProvider.System.GetUtcNow() - (filled / 2), new AuditQuery { Limit = 20 });
        (string Name, AuditQuery Query, double Most)[] queries =
        [
            ("account", page with { AccountId = AccountOf(account) }, 100),
            ("API key", page with { ApiKeyId = KeyOf(account) }, 100),
            ("client", page with { ClientId = "client-7" }, 100),
            ("session", page with { SessionId = session }, 100),
            ("event", page with { Event = AuditEvent.PasswordChanged }, 100),
            ("time", page with { Since = begin, Until = begin.AddSeconds(1) }, 100),
            ("account without entries", page with { AccountId = Id(0, 3) }, 100),
            ("address", page with { Network = CallerOf(account).Network }, 2000),
        ];
        List<Figure> figures = [];
        foreach (var (name, query, most) in queries)
        {
            var (found, taken) = await TimeAsync(store, query);
            figures.Add(
                new Figure(
                    $"search by {name}, {Engines.NameOf(engine)}",
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{count:#,0} entries, a page of 20, {found} found, the median of nine calls after one"
                    ),
                    taken,
                    most,
                    "ms"
                )
            );
        }

        figures.Add(await VerifyAsync(engine, store));
        return figures;
    }

    private static async Task<Figure> VerifyAsync(string engine, Store store)
    {
        var clock = Stopwatch.StartNew();
        var inspection = await store.SealedLog.InspectAsync(
            await store.SealedLog.StateAsync(CancellationToken.None),
            [],
            CancellationToken.None
        );
        return new Figure(
            $"verifying a million entries, {Engines.NameOf(engine)}",
            string.Create(
                CultureInfo.InvariantCulture,
                $"{inspection.Entries:#,0} entries and their index, {inspection.Faults.Count} faults"
            ),
            clock.Elapsed.TotalSeconds * 1_000_000 / inspection.Entries,
            60,
            "s"
        );
    }

    // What is rare is one entry in a thousand.
    private static Task AppendAsync(Store store, int n, SessionId session)
    {
        var account = AnAccount();
        var entry = EntryOf(account, TimeProvider.System.GetUtcNow());
        return store.Audit.AppendAsync(
            n % 1000 == 17 ? entry with { ClientId = $"client-{n / 1000 % 100}" }
                : n % 1_000_000 == 500_000 ? entry with { Event = AuditEvent.PasswordChanged, SessionId = session }
                : entry,
            CancellationToken.None
        );
    }

    private static async Task<(int Found, double Milliseconds)> TimeAsync(Store store, AuditQuery query)
    {
        var found = (await store.Audit.ReadAsync(query, CancellationToken.None)).Count;
        List<double> taken = [];
        for (var i = 0; i < 9; i++)
        {
            var began = Stopwatch.GetTimestamp();
            await store.Audit.ReadAsync(query, CancellationToken.None);
            taken.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }

        return (found, taken.Order().ElementAt(4));
    }

    private static async Task<(long Bytes, long Persons)> SizeAsync(string connection)
    {
        if (connection.StartsWith("Host=", StringComparison.Ordinal))
        {
            await using var postgres = new NpgsqlConnection(connection);
            await postgres.OpenAsync();
            await using var vacuum = new NpgsqlCommand("VACUUM FULL", postgres);
            await vacuum.ExecuteNonQueryAsync();
            return (
                await NumberAsync(postgres, "relname LIKE 'audit%' AND relname <> 'audit_persons'"),
                await NumberAsync(postgres, "relname = 'audit_persons'")
            );
        }

        var file = new SqliteConnectionStringBuilder(connection).DataSource;
        var empty = await LengthAsync(connection, file, "DELETE FROM sessions");
        var without = await LengthAsync(connection, file, "DELETE FROM audit_persons");
        var nothing = await LengthAsync(
            connection,
            file,
            "DELETE FROM audit_blocks",
            "DELETE FROM audit_contents",
            "DELETE FROM audit_found",
            "DELETE FROM audit"
        );
        return (without - nothing, empty - without);
    }

    private static async Task<long> NumberAsync(NpgsqlConnection connection, string condition)
    {
        await using var command = new NpgsqlCommand(
            $"SELECT SUM(pg_total_relation_size(oid))::bigint FROM pg_class WHERE relkind = 'r' AND {condition}",
            connection
        );
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private static async Task<long> LengthAsync(string connection, string file, params string[] statements)
    {
        await using var sqlite = new SqliteConnection($"{connection};Pooling=False");
        await sqlite.OpenAsync();
        foreach (var statement in statements.Append("VACUUM").Append("PRAGMA wal_checkpoint(TRUNCATE)"))
        {
            await using var command = sqlite.CreateCommand();
#pragma warning disable CA2100 // the statements are those of this class
            command.CommandText = statement;
#pragma warning restore CA2100
            await command.ExecuteNonQueryAsync();
        }

        return new FileInfo(file).Length;
    }

    private static async Task<Store> OpenAsync(string connection)
    {
        var store = Store.Open(
            new StoreOptions { ConnectionString = connection, QueueCapacity = 2 * Together },
            TimeProvider.System,
            RandomSource.System
        );
        await store.Migrations.ApplyAsync(CancellationToken.None);
        await store.Migrations.StatusAsync(CancellationToken.None);
        return store;
    }

    private static AuditEntry EntryOf(int account, DateTimeOffset at) =>
        new()
        {
            Event = AuditEvent.Login,
            At = at,
            Caller = CallerOf(account),
            AccountId = AccountOf(account),
            ApiKeyId = KeyOf(account),
            Contract = "SessionV3",
            Detail = "ApiKey",
        };

    private static Caller CallerOf(int account) =>
        new(
            string.Create(CultureInfo.InvariantCulture, $"10.{account >> 16}.{(account >> 8) & 255}.{account & 255}"),
            Agents[account % Agents.Length]
        );

    private static int AnAccount() => System.Security.Cryptography.RandomNumberGenerator.GetInt32(Accounts);

    // Ids as far from each other as random ones.
    private static Guid AccountOf(int number) => Id(number, 1);

    private static Guid KeyOf(int number) => Id(number, 2);

    private static Guid Id(int number, byte kind)
    {
        Span<byte> hash = stackalloc byte[32];
        System.Security.Cryptography.SHA256.HashData([kind, .. BitConverter.GetBytes(number)], hash);
        return new Guid(hash[..16], bigEndian: true);
    }
}
