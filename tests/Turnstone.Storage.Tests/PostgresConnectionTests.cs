using System.Diagnostics;
using Npgsql;
using Turnstone.Sessions;
using Turnstone.Testing;

namespace Turnstone.Storage.Tests;

/// <summary>How the store uses its connections: the settings it wants, several hosts, a database that hangs.</summary>
public sealed class PostgresConnectionTests(PostgresDatabase database) : StoreTest(database), IClassFixture<PostgresDatabase>
{
    [Theory]
    [InlineData("", "turnstone")]
    [InlineData(";Application Name=mine", "mine")]
    public async Task The_stores_own_settings_are_in_force_where_the_connection_string_says_nothing(string given, string name)
    {
        await using var store = Open(Database.ConnectionString + given);
        Assert.Equal(name, await store.Engine.ReadAsync(db => db.FirstAsync("SELECT current_setting('application_name')", row => row.GetString(0)), Cancel));
    }

    [Fact]
    public async Task Statements_that_are_used_often_are_prepared()
    {
        await using var store = Open($"{Database.ConnectionString};Maximum Pool Size=1");
        for (var i = 0; i < 5; i++)
        {
            await store.Sessions.FindAsync(SessionId.New(RandomSource.System, Time.Now), Cancel);
        }

        Assert.True(await store.Engine.ReadAsync(db => db.NumberAsync("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%FROM sessions%'"), Cancel) > 0);
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
        Assert.True(await store.Sessions.OpenAsync(session, new Vouchers(), Entry(), Cancel));
        Assert.Equal(RotationKind.Advance, (await RefreshAsync(session, 0, store)).Kind);
    }

    /// <summary>
    /// The client of a refresh that hung has moved on through another node meanwhile. Decided when the database is back, its token would be one of the past and end the session.
    /// </summary>
    [Fact]
    public async Task A_hanging_database_is_given_up_in_time_and_what_hung_ends_no_session_later()
    {
        var session = await GivenSessionAsync();
        await using var elsewhere = new NpgsqlConnection(Database.ConnectionString);
        await elsewhere.OpenAsync(Cancel);
        await using (var hang = await elsewhere.BeginTransactionAsync(Cancel))
        {
            await RunAsync("LOCK TABLE sessions IN ACCESS EXCLUSIVE MODE");
            var began = Stopwatch.StartNew();
            await Task.WhenAll(
                Assert.ThrowsAsync<StoreUnavailableException>(() => RefreshAsync(session, 0)),
                Assert.ThrowsAsync<StoreUnavailableException>(() => Store.Sessions.FindAsync(session.Id, Cancel)),
                Assert.ThrowsAsync<StoreUnavailableException>(() => Store.Sessions.OpenAsync(NewSession(), new Vouchers(), Entry(), Cancel)));
            Assert.InRange(began.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(8));
            await RunAsync("UPDATE sessions SET generation = 3, version = version + 3 WHERE id = $1", session.Id.ToBytes());
            await hang.CommitAsync(Cancel);
        }

        for (uint generation = 3; generation < 30; generation++)
        {
            Assert.Equal(RotationKind.Advance, (await RefreshAsync(session, generation)).Kind);
        }

        async Task RunAsync(string sql, params object[] values)
        {
            await using var command = new NpgsqlCommand(sql, elsewhere);
            foreach (var value in values)
            {
                command.Parameters.Add(new NpgsqlParameter { Value = value });
            }

            await command.ExecuteNonQueryAsync(Cancel);
        }
    }

    private Store Open(string connectionString) => Store.Open(new StoreOptions { ConnectionString = connectionString }, Time, RandomSource.System);
}
