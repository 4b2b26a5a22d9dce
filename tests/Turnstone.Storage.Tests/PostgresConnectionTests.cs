using System.Diagnostics;
using Npgsql;
using Turnstone.Model;
using Turnstone.Nodes.Cluster;
using Turnstone.Sessions;
using Turnstone.Testing;
using Turnstone.Tokens.Keys;

namespace Turnstone.Storage.Tests;

/// <summary>How the store uses its connections: the settings it wants, several hosts, a database that hangs.</summary>
public sealed class PostgresConnectionTests(PostgresDatabase database)
    : StoreTest(database),
        IClassFixture<PostgresDatabase>
{
    [Theory]
    [InlineData("", "turnstone")]
    [InlineData(";Application Name=mine", "mine")]
    public async Task The_stores_own_settings_are_in_force_where_the_connection_string_says_nothing(
        string given,
        string name
    )
    {
        await using var store = Open(Database.ConnectionString + given);
        Assert.Equal(
            name,
            await store.Engine.ReadAsync(
                db => db.FirstAsync("SELECT current_setting('application_name')", row => row.Text(0)),
                Cancel
            )
        );
    }

    /// <summary>
    /// A statement is planned once a connection: in a new store it must not be planned to read the whole of a table
    /// that is still small.
    /// </summary>
    [Fact]
    public async Task What_has_an_index_is_asked_by_it_however_little_there_is()
    {
        await Database.ExecuteAsync(Database.ConnectionString, "ANALYZE products");
        var plan = await Store.Engine.ReadAsync(
            db => db.ListAsync("EXPLAIN SELECT id FROM products WHERE name = 'starter'", row => row.Text(0)),
            Cancel
        );
        Assert.Contains("Index", plan[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Statements_that_are_used_often_are_prepared()
    {
        await using var store = Open($"{Database.ConnectionString};Maximum Pool Size=1");
        for (var i = 0; i < 5; i++)
        {
            await store.Sessions.FindAsync(SessionId.New(RandomSource.System, Time.Now), Cancel);
        }

        Assert.True(
            await store.Engine.ReadAsync(
                db =>
                    db.NumberAsync(
                        "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%FROM sessions%'"
                    ),
                Cancel
            ) > 0
        );
    }

    [Theory]
    [InlineData("")]
    [InlineData(";Target Session Attributes=primary")]
    public async Task Of_several_hosts_the_one_that_takes_writes_is_used(string given)
    {
        var settings = new NpgsqlConnectionStringBuilder(Database.ConnectionString);
        settings.Host = $"127.0.0.1:{PostgresServer.FreePort()},{settings.Host}:{settings.Port}";
        settings.Remove("Port");
        await using var store = Open(settings + given);
        var session = NewSession();
        Assert.True((await store.Sessions.OpenAsync(session, new Preconditions(), Entry(), Cancel)).IsCommitted);
        Assert.Equal(RotationKind.Advance, (await RefreshAsync(session, 0, store)).Kind);
    }

    [Fact]
    public async Task A_hanging_database_is_given_up_in_time_and_served_from_again_afterwards()
    {
        var session = await GivenSessionAsync();
        await using (var elsewhere = await LockAsync())
        {
            var began = Stopwatch.StartNew();
            await Task.WhenAll(
                Assert.ThrowsAsync<StoreUnavailableException>(() => RefreshAsync(session, 0)),
                Assert.ThrowsAsync<StoreUnavailableException>(() => Store.Sessions.FindAsync(session.Id, Cancel)),
                Assert.ThrowsAsync<StoreUnavailableException>(() =>
                    Store.Sessions.OpenAsync(NewSession(), new Preconditions(), Entry(), Cancel)
                )
            );
            Assert.InRange(began.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(8));
        }

        Assert.Equal(RotationKind.Advance, (await RefreshAsync(session, 0)).Kind);
    }

    /// <summary>
    /// Whoever comes while others wait for a database that says nothing is not left to wait for theirs and then for his
    /// own.
    /// </summary>
    [Fact]
    public async Task A_login_behind_others_that_hang_is_refused_in_time_too()
    {
        var database = new NpgsqlConnectionStringBuilder(Database.ConnectionString);
        await using var gate = new TcpGate(database.Port);
        database.Port = gate.Port;
        await using var store = Store.Open(
            new StoreOptions { ConnectionString = database.ToString() },
            TimeProvider.System,
            RandomSource.System
        );
        await store.PingAsync(Cancel);
        gate.Silence();
        var began = Stopwatch.StartNew();
        List<Task> logins = [];
        for (var i = 0; i < 3; i++)
        {
            // Each of the two loops has one in hand before the next comes; nobody takes the third.
            await UntilAsync(() => store.Engine.Waiting == 0);
            logins.Add(
                Assert.ThrowsAsync<StoreUnavailableException>(() =>
                    store.Sessions.OpenAsync(NewSession(), new Preconditions(), Entry(), Cancel)
                )
            );
        }

        await Task.WhenAll(logins);
        Assert.InRange(began.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(5.5));

        gate.Mend();
        Assert.True((await store.Sessions.OpenAsync(NewSession(), new Preconditions(), Entry(), Cancel)).IsCommitted);
    }

    /// <summary>
    /// The client of a refresh that was held up has moved on through another node meanwhile: decided now, its token
    /// would be one of the past, and end the session.
    /// </summary>
    [Fact]
    public async Task A_refresh_that_a_paused_node_comes_back_to_ends_no_session()
    {
        var session = await GivenSessionAsync();
        var time = new PausedTime(Time);
        await using var store = Store.Open(
            new StoreOptions { ConnectionString = Database.ConnectionString },
            time,
            RandomSource.System
        );
        await store.PingAsync(Cancel);
        Task<RotationDecision> heldUp;
        await using (var elsewhere = await LockAsync())
        {
            heldUp = RefreshAsync(session, 0, store);
            time.Pause(TimeSpan.FromSeconds(20));
            await RunAsync(
                elsewhere,
                "UPDATE sessions SET generation = 3, version = version + 3 WHERE id = $1",
                session.Id.ToBytes()
            );
            await RunAsync(elsewhere, "COMMIT");
        }

        await Assert.ThrowsAsync<StoreUnavailableException>(() => heldUp);
        Assert.Equal(RotationKind.Advance, (await RefreshAsync(session, 3)).Kind);
    }

    private static async Task UntilAsync(Func<bool> so)
    {
        while (!so())
        {
            await Task.Delay(10, Cancel);
        }
    }

    /// <summary>A connection whose transaction keeps everything from the sessions, until it ends.</summary>
    private async Task<NpgsqlConnection> LockAsync()
    {
        var connection = new NpgsqlConnection($"{Database.ConnectionString};Pooling=false");
        await connection.OpenAsync(Cancel);
        await RunAsync(connection, "BEGIN");
        await RunAsync(connection, "LOCK TABLE sessions IN ACCESS EXCLUSIVE MODE");
        return connection;
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql, params object[] values)
    {
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // the tests' own text
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        await command.ExecuteNonQueryAsync(Cancel);
    }

    private Store Open(string connectionString) =>
        Store.Open(new StoreOptions { ConnectionString = connectionString }, Time, RandomSource.System);

    /// <summary>A clock whose durations grow by what a process slept through.</summary>
    private sealed class PausedTime(TimeProvider day) : TimeProvider
    {
        private long slept;

        public override DateTimeOffset GetUtcNow() => day.GetUtcNow();

        public override long GetTimestamp() => base.GetTimestamp() + Interlocked.Read(ref slept);

        public void Pause(TimeSpan time) => Interlocked.Add(ref slept, (long)(time.TotalSeconds * TimestampFrequency));
    }
}
