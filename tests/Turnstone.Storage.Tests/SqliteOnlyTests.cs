using Microsoft.Data.Sqlite;
using Turnstone.Audit;
using Turnstone.Model;
using Turnstone.Sessions;
using Turnstone.Storage.Engines;
using Turnstone.Storage.Sqlite;

namespace Turnstone.Storage.Tests;

/// <summary>What only a database in a file can suffer, and do.</summary>
public sealed class SqliteOnlyTests(SqliteDatabase database) : StoreTest(database), IClassFixture<SqliteDatabase>
{
    [Fact]
    public async Task A_full_disk_is_unavailable_leaves_nothing_half_written_and_passes_without_a_restart()
    {
        await using var store = Database.Open();
        await store.Engine.WriteAsync(
            async db =>
            {
                var pages = await db.NumberAsync("PRAGMA page_count");
                await db.NumberAsync($"PRAGMA max_page_count = {pages + 4}");
            },
            Cancel
        );

        var sessions = Enumerable.Range(0, 500).Select(_ => NewSession()).ToList();
        var opened = await Task.WhenAll(
            sessions.Select(async session =>
                await Record.ExceptionAsync(() =>
                    store.Sessions.OpenAsync(
                        session,
                        new Preconditions(),
                        Entry() with
                        {
                            SessionId = session.Id,
                        },
                        Cancel
                    )
                )
            )
        );

        Assert.Contains(opened, reason => reason is StoreUnavailableException);
        Assert.All(opened, reason => Assert.True(reason is null or StoreUnavailableException));
        for (var i = 0; i < sessions.Count; i++)
        {
            Assert.Equal(opened[i] is null, await store.Sessions.FindAsync(sessions[i].Id, Cancel) is not null);
        }

        Assert.Equal(
            opened.Count(reason => reason is null),
            await Database.NumberAsync("SELECT COUNT(*) FROM audit WHERE session_id IS NOT NULL")
        );
        Assert.True((await store.Sessions.OpenAsync(NewSession(), new Preconditions(), Entry(), Cancel)).IsCommitted);
    }

    [Fact]
    public async Task The_files_are_for_their_owner_alone()
    {
        await GivenSessionAsync();
        var path = database.Path;
        Assert.True(File.Exists($"{path}-wal"));
        foreach (var file in (string[])[path, $"{path}-wal", $"{path}-shm"])
        {
            AssertOwnerOnly(file);
        }
    }

    /// <summary>
    /// A reader that does not end keeps the log from being emptied: it grows by what is written meanwhile, and gives
    /// the room back when the reader is gone.
    /// </summary>
    [Fact]
    public async Task The_log_gives_back_what_it_took_beside_a_long_reader()
    {
        var path = await Database.CreateAsync();
        await using var store = Store.Open(new StoreOptions { ConnectionString = path }, Time, RandomSource.System);
        await store.Migrations.ApplyAsync(Cancel);
        await using (var reader = new SqliteConnection($"{path};Pooling=False"))
        {
            await reader.OpenAsync(Cancel);
            await using var begin = new SqliteCommand("BEGIN; SELECT COUNT(*) FROM letters", reader);
            await begin.ExecuteScalarAsync(Cancel);
            await WriteMegabytesAsync(48);
            Assert.InRange(LogLength(), 48L << 20, long.MaxValue);
        }

        // The first write after it empties the log into the database, and the next begins it anew.
        await WriteMegabytesAsync(2);
        Assert.InRange(LogLength(), 1, (32L << 20) + (1 << 20));

        long LogLength() => new FileInfo($"{path["Data Source=".Length..]}-wal").Length;

        async Task WriteMegabytesAsync(int count)
        {
            for (var i = 0; i < count; i++)
            {
                var letter = new WaitingLetter(NewId(), new byte[1 << 20], Time.Now, Time.Now, 0);
                Assert.True(await store.Letters.AddAsync(letter, 1_000, Cancel));
            }
        }
    }

    /// <summary>No transaction of ours is so long that the log outgrows its bound.</summary>
    [Fact]
    public async Task The_log_stays_within_its_bound_while_very_many_sessions_end_and_are_swept()
    {
        const int Many = 150_000;
        var path = await Database.CreateAsync();
        await using var store = Store.Open(new StoreOptions { ConnectionString = path }, Time, RandomSource.System);
        await store.Migrations.ApplyAsync(Cancel);
        await store.Sessions.OpenAsync(NewSession(), new Preconditions(), Entry(), Cancel);
        await MultiplyAsync(path, Many);
        await store.Sessions.EndAllAsync(SessionHolder.Everyone, RevocationReason.ByOperator, Entry(), Cancel);
        Assert.True(await store.Clock.IsRightAsync(Cancel));
        Time.Advance(TimeSpan.FromDays(500));

        var (longest, sweep) = (0L, store.Upkeep.SweepAsync(new Retention(), Cancel));
        while (!sweep.IsCompleted)
        {
            await store.Audit.AppendAsync(Entry(), Cancel);
            longest = Math.Max(longest, new FileInfo($"{path["Data Source=".Length..]}-wal").Length);
        }

        Assert.InRange((await sweep).Sessions, Many, Many + 1);
        TestContext.Current.TestOutputHelper?.WriteLine($"{longest / 1e6:0.0} MB");
        Assert.InRange(longest, 1, 48L << 20);
    }

    private static async Task MultiplyAsync(string path, int count)
    {
        await using var connection = new SqliteConnection($"{path};Pooling=False");
        await connection.OpenAsync(Cancel);
        List<string> columns = [];
        await using (var names = new SqliteCommand("SELECT name FROM pragma_table_info('sessions')", connection))
        await using (var reader = await names.ExecuteReaderAsync(Cancel))
        {
            while (await reader.ReadAsync(Cancel))
            {
                columns.Add(reader.GetString(0));
            }
        }

        var others = string.Join(", ", columns.Where(column => column != "id"));
#pragma warning disable CA2100 // the names are those of the table
        await using var copy = new SqliteCommand(
            $"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count}) "
                + $"INSERT INTO sessions (id, {others}) SELECT randomblob(16), {others} FROM sessions, n; "
                + "PRAGMA wal_checkpoint(TRUNCATE)",
            connection
        );
#pragma warning restore CA2100
        await copy.ExecuteNonQueryAsync(Cancel);
    }

    [Fact]
    public async Task A_backup_is_a_store_of_its_own_for_its_owner_alone_and_never_overwrites()
    {
        var session = await GivenSessionAsync();
        await RefreshAsync(session, 0);
        var path = $"{database.Path}.backup";

        await Store.BackupAsync(path, Cancel);

        await Assert.ThrowsAsync<IOException>(() => Store.BackupAsync(path, Cancel));
        AssertOwnerOnly(path);

        await using var copy = Store.Open(
            new StoreOptions { ConnectionString = $"Data Source={path}" },
            Time,
            RandomSource.System
        );
        Assert.Equal(1u, (await copy.Sessions.FindAsync(session.Id, Cancel))!.Generation);
    }

    [Fact]
    public async Task A_damaged_file_is_unavailable()
    {
        var path = $"{database.Path}.damaged";
        await File.WriteAllTextAsync(path, new string('x', 10_000), Cancel);
        await using var store = Store.Open(
            new StoreOptions { ConnectionString = $"Data Source={path}" },
            Time,
            RandomSource.System
        );

        await Assert.ThrowsAsync<StoreUnavailableException>(() => store.PingAsync(Cancel));
        await Assert.ThrowsAsync<StoreUnavailableException>(() =>
            store.Sessions.OpenAsync(NewSession(), new Preconditions(), Entry(), Cancel)
        );
    }

    [Fact]
    public async Task A_connection_keeps_so_many_prepared_statements_and_no_more()
    {
        await using var store = Database.Open();
        for (var i = 0; i < 1224; i++)
        {
            await store.Engine.ReadAsync(db => db.NumberAsync($"SELECT {i}"), Cancel);
        }

        // What was let go is prepared again, and what is used all the time is not let go.
        Assert.Equal(0, await store.Engine.ReadAsync(db => db.NumberAsync("SELECT 0"), Cancel));
        Assert.InRange(await PreparedAsync(store), 64, 128);
    }

    [Fact]
    public async Task The_searches_of_the_record_are_few_statements()
    {
        await using var store = Database.Open();
        var account = NewId();
        AuditEvent[] all = Enum.GetValues<AuditEvent>();
        AuditQuery[] searches =
        [
            .. from since in (DateTimeOffset?[])[null, Time.Now]
            from until in (DateTimeOffset?[])[null, Time.Now]
            from before in (Guid?[])[null, NewId()]
            from refused in (bool?[])[null, true, false]
            from owned in Enumerable.Range(0, 6)
            from events in Enumerable.Range(0, 8)
            select new AuditQuery
            {
                AccountId = account,
                Since = since,
                Until = until,
                Before = before,
                Refused = refused,
                OwnedClients = [.. Enumerable.Range(0, owned).Select(i => $"client {i}")],
                Events = all[..events],
            },
        ];
        foreach (var search in searches)
        {
            await store.Audit.ReadAsync(search, Cancel);
        }

        Assert.InRange(await PreparedAsync(store), 1, 20);
    }

    private static Task<int> PreparedAsync(Store store) =>
        store.Engine.ReadAsync(db => Task.FromResult(((SqliteDb)db).PreparedStatements), Cancel);

    [Fact]
    public async Task What_was_removed_is_no_longer_in_the_file()
    {
        var code = await GivenCodeAsync(await GivenAccountAsync());
        Assert.True(await FileHoldsAsync(code.Hash));

        Time.Advance(TimeSpan.FromDays(1));
        Assert.Equal(1, await Store.Codes.SweepAsync(Time.Now, 100, Cancel));

        Assert.False(await FileHoldsAsync(code.Hash));
    }

    [Fact]
    public void The_systems_library_is_the_second_choice_and_without_any_the_message_names_the_package()
    {
        var assembly = typeof(Store).Assembly;
        var damaged = $"{database.Path}.so";
        File.WriteAllText(damaged, "not a library");

        Assert.NotEqual(0, SqliteLibrary.LoadFirst(assembly, null, damaged, "e_sqlite3"));
        var missing = Assert.Throws<DllNotFoundException>(() => SqliteLibrary.LoadFirst(assembly, null, damaged));
        Assert.Contains("libsqlite3-0", missing.Message, StringComparison.Ordinal);
    }

    /// <summary>Looks at the database alone: the log is emptied into it first.</summary>
    private async Task<bool> FileHoldsAsync(byte[] bytes)
    {
        Assert.Equal(0, await Database.NumberAsync("PRAGMA wal_checkpoint(TRUNCATE)"));
        return (await File.ReadAllBytesAsync(database.Path, Cancel)).AsSpan().IndexOf(bytes) >= 0;
    }

    private static void AssertOwnerOnly(string file)
    {
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        }
    }
}
