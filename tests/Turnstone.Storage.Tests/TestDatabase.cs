using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;
using Turnstone.Model;
using Turnstone.Tokens.Keys;

[assembly: AssemblyFixture(typeof(PostgresServer))]

namespace Turnstone.Storage.Tests;

/// <summary>An engine under test: a database of its own for each test class, on the real thing.</summary>
public abstract class TestDatabase : IAsyncLifetime
{
    public FakeMachineClock Time { get; } = new();

    public string ConnectionString { get; private set; } = "";

    public Store Store { get; private set; } = null!;

    /// <summary>The folder of the journal of every store that is opened; null for none.</summary>
    public string? Journal { get; set; }

    public abstract bool Embedded { get; }

    public async ValueTask InitializeAsync()
    {
        ConnectionString = await CreateMigratedAsync();
        Store = Open();

        // As a server does at its start: the clock is believed from here on, however far a test moves it.
        await Store.Clock.IsRightAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        await DropAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Another store on the same database: another node, another process.</summary>
    public Store Open(int queueCapacity = 4096) =>
        Store.Open(
            new StoreOptions
            {
                ConnectionString = ConnectionString,
                QueueCapacity = queueCapacity,
                JournalFolder = Journal,
                DatabaseClock = Time,
            },
            Time,
            RandomSource.System
        );

    /// <summary>An empty database beside this one.</summary>
    public abstract Task<string> CreateAsync();

    /// <summary>A copy of one that was migrated once.</summary>
    protected abstract Task<string> CreateMigratedAsync();

    /// <summary>Copies the database as it is now.</summary>
    public abstract Task<string> CopyAsync();

    /// <summary>Puts the copy in the place of the database. The store must be closed, and is opened again.</summary>
    public abstract Task PutBackAsync(string copy);

    /// <summary>Closes the store and opens it again, as a process that is started again.</summary>
    public async Task ReopenAsync()
    {
        await Store.DisposeAsync();
        Store = Open();
    }

    /// <summary>Makes the copy one of another history, as that of a standby which was promoted.</summary>
    public abstract Task ForkAsync(string copy);

    public async Task RestoreAsync(string copy)
    {
        await Store.DisposeAsync();
        await PutBackAsync(copy);
        Store = Open();
    }

    public abstract Task<long> NumberAsync(string sql, string? connectionString = null);

    public abstract Task ExecuteAsync(string connectionString, string sql);

    /// <summary>Keeps every write of sessions, of the record and of the counts waiting until disposed.</summary>
    public abstract Task<IAsyncDisposable> BlockWritesAsync();

    public async Task<long> RowsAsync(string table) => await NumberAsync($"SELECT COUNT(*) FROM {table}");

    protected abstract Task DropAsync();

    protected static async Task ExecuteAsync(DbConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // the tests' own text
        command.CommandText = sql;
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync();
    }

    protected static async Task MigrateAsync(string connectionString)
    {
        await using var store = Store.Open(
            new StoreOptions { ConnectionString = connectionString },
            new FakeMachineClock(),
            RandomSource.System
        );
        await store.Migrations.ApplyAsync(CancellationToken.None);
    }

    protected void MovedTo(string connectionString) => ConnectionString = connectionString;
}

public sealed class SqliteDatabase : TestDatabase
{
    private static readonly Lazy<Task<string>> Migrated = new(MakeMigratedAsync);

    private readonly string folder = System.IO.Directory.CreateTempSubdirectory("turnstone-sqlite-").FullName;
    private int files;

    public override bool Embedded => true;

    public string Path => ConnectionString["Data Source=".Length..];

    public override Task<string> CreateAsync() => Task.FromResult($"Data Source={folder}/{++files}.db");

    protected override async Task<string> CreateMigratedAsync()
    {
        var connectionString = await CreateAsync();
        File.Copy(await Migrated.Value, connectionString["Data Source=".Length..]);
        return connectionString;
    }

    private static async Task<string> MakeMigratedAsync()
    {
        var folder = System.IO.Directory.CreateTempSubdirectory("turnstone-migrated-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => System.IO.Directory.Delete(folder, recursive: true);
        var path = $"{folder}/store.db";
        await MigrateAsync($"Data Source={path}");
        Assert.Equal([path], System.IO.Directory.GetFiles(folder));
        return path;
    }

    public override async Task<string> CopyAsync()
    {
        var path = $"{folder}/copy{++files}.db";
        await Store.BackupAsync(path, TestContext.Current.CancellationToken);
        return path;
    }

    public override Task PutBackAsync(string copy)
    {
        File.Delete($"{Path}-wal");
        File.Delete($"{Path}-shm");
        File.Copy(copy, Path, overwrite: true);
        return Task.CompletedTask;
    }

    // There is one file and one history: a copy is older.
    public override Task ForkAsync(string copy) => Task.CompletedTask;

    public override Task<long> NumberAsync(string sql, string? connectionString = null)
    {
        using var connection = new SqliteConnection($"{connectionString ?? ConnectionString};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // the tests' own text
        command.CommandText = sql;
#pragma warning restore CA2100
        return Task.FromResult(Convert.ToInt64(command.ExecuteScalar(), null));
    }

    public override async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = new SqliteConnection($"{connectionString};Pooling=False");
        await connection.OpenAsync();
        await ExecuteAsync(connection, sql);
    }

    public override async Task<IAsyncDisposable> BlockWritesAsync()
    {
        var connection = new SqliteConnection($"{ConnectionString};Pooling=False");
        await connection.OpenAsync();
        await ExecuteAsync(connection, "BEGIN IMMEDIATE");
        return connection;
    }

    protected override Task DropAsync()
    {
        System.IO.Directory.Delete(folder, recursive: true);
        return Task.CompletedTask;
    }
}

public sealed class PostgresDatabase(PostgresServer server) : TestDatabase
{
    // Many classes share one server: a store that opens all it may would leave none for the others.
    private const string FewConnections = "Maximum Pool Size=8";

    private readonly List<string> made = [];

    public override bool Embedded => false;

    public PostgresServer Server => server;

    public override async Task<string> CreateAsync()
    {
        made.Add($"{await server.CreateDatabaseAsync()};{FewConnections}");
        return made[^1];
    }

    protected override async Task<string> CreateMigratedAsync()
    {
        made.Add($"{await server.CopyFilledAsync(MigrateAsync)};{FewConnections}");
        return made[^1];
    }

    public override async Task<string> CopyAsync()
    {
        // PostgreSQL copies a database only while nobody is connected to it: this is the moment at which a backup is
        // taken.
        await server.CutConnectionsAsync(ConnectionString);
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                made.Add(
                    $"{await server.CreateDatabaseAsync(PostgresServer.NameOf(ConnectionString))};{FewConnections}"
                );
                return made[^1];
            }
            catch (PostgresException busy) when (busy.SqlState == PostgresErrorCodes.ObjectInUse && attempt < 20)
            {
                await server.CutConnectionsAsync(ConnectionString);
            }
        }
    }

    public override Task PutBackAsync(string copy)
    {
        MovedTo(copy);
        return Task.CompletedTask;
    }

    // A timeline needs a second server; what it changes is the answer of this function.
    public override Task ForkAsync(string copy) =>
        ExecuteAsync(
            copy,
            "CREATE OR REPLACE FUNCTION turnstone_history() RETURNS BIGINT LANGUAGE sql AS 'SELECT 77::BIGINT'"
        );

    public override async Task<long> NumberAsync(string sql, string? connectionString = null)
    {
        await using var connection = new NpgsqlConnection($"{connectionString ?? ConnectionString};Pooling=false");
        await connection.OpenAsync();
#pragma warning disable CA2100 // the tests' own text
        await using var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        return Convert.ToInt64(await command.ExecuteScalarAsync(), null);
    }

    public override async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection($"{connectionString};Pooling=false");
        await connection.OpenAsync();
        await ExecuteAsync(connection, sql);
    }

    public override async Task<IAsyncDisposable> BlockWritesAsync()
    {
        var connection = new NpgsqlConnection($"{ConnectionString};Pooling=false");
        await connection.OpenAsync();
        await ExecuteAsync(connection, "BEGIN; LOCK TABLE sessions, audit, usage_counts IN EXCLUSIVE MODE");
        return connection;
    }

    protected override async Task DropAsync()
    {
        foreach (var database in made)
        {
            await server.DropDatabaseAsync(database);
        }
    }
}
