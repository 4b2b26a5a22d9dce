using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using Turnstone.Client;

[assembly: AssemblyFixture(typeof(PostgresServer))]

namespace Turnstone.Clients.Tests.Stores;

public abstract class DatabaseStoreTests : StoreTests, IAsyncLifetime
{
    private readonly FakeTimeProvider time = new(TimeProvider.System.GetUtcNow());

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public virtual async ValueTask InitializeAsync() => await Database().CreateTableAsync(Cancel);

    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_lease_that_ran_out_is_taken_and_its_holder_changes_nothing_more()
    {
        await using var dead = await Open().LockAsync("one", Cancel);
        await Open().WriteAsync("one", "first", null, Cancel);
        time.Advance(TimeSpan.FromSeconds(61));
        await using var next = await Open().LockAsync("one", Cancel);
        Assert.True(await Open().WriteAsync("one", "second", "first", Cancel));
        Assert.False(await Open().WriteAsync("one", "late", "first", Cancel));

        // Nor does it give back what is another's by now.
        await dead.DisposeAsync();
        using var leaving = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
            await Open().LockAsync("one", leaving.Token)
        );
    }

    [Fact]
    public void The_name_of_a_table_is_no_way_to_add_sql() =>
        Assert.Throws<ArgumentException>(() => new DatabaseStore(ConnectAsync, "x; DROP TABLE y"));

    protected abstract ValueTask<DbConnection> ConnectAsync(CancellationToken cancellationToken);

    protected override ISessionStore Open() => Database();

    private DatabaseStore Database() => new(ConnectAsync, time: time);
}

public sealed class SqliteDatabaseStoreTests : DatabaseStoreTests
{
    private readonly string folder = System.IO.Directory.CreateTempSubdirectory("turnstone-store-").FullName;

    public override ValueTask InitializeAsync()
    {
        SQLitePCL.raw.SetProvider(new SQLitePCL.SQLite3Provider_e_sqlite3());
        return base.InitializeAsync();
    }

    public override ValueTask DisposeAsync()
    {
        SqliteConnection.ClearAllPools();
        System.IO.Directory.Delete(folder, recursive: true);
        return base.DisposeAsync();
    }

    protected override async ValueTask<DbConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        var connection = new SqliteConnection($"Data Source={Path.Combine(folder, "sessions.db")}");
        await connection.OpenAsync(cancellationToken);
        return connection;
    }
}

public sealed class PostgresDatabaseStoreTests(PostgresServer server) : DatabaseStoreTests
{
    private string database = "";

    public override async ValueTask InitializeAsync()
    {
        database = await server.CreateDatabaseAsync();
        await base.InitializeAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await server.DropDatabaseAsync(database);
        await base.DisposeAsync();
    }

    protected override async ValueTask<DbConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection(database);
        await connection.OpenAsync(cancellationToken);
        return connection;
    }
}
