using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Sessions;
using Turnstone.Testing;

namespace Turnstone.Storage.Tests;

/// <summary>What only a database across a connection can suffer.</summary>
public sealed class PostgresOnlyTests(PostgresDatabase database) : StoreTest(database), IClassFixture<PostgresDatabase>
{
    [Fact]
    public async Task What_is_used_often_is_prepared_and_the_database_sees_whose_connections_they_are()
    {
        Assert.Equal(("turnstone", true), await ConnectionAsync(Database.ConnectionString));
    }

    [Theory]
    [InlineData("Application Name=ours;Max Auto Prepare=0")]
    [InlineData("ApplicationName=ours;MaxAutoPrepare=0")]
    public async Task What_the_connection_string_says_wins(string said) =>
        Assert.Equal(("ours", false), await ConnectionAsync($"{Database.ConnectionString};{said}"));

    [Fact]
    public async Task When_connections_are_cut_again_and_again_every_client_that_retries_goes_on()
    {
        var sessions = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => GivenSessionAsync()));
        using var stop = new CancellationTokenSource();
        var clients = sessions
            .Select(session => Task.Run(() => RefreshThroughFailuresAsync(session, stop.Token)))
            .ToList();
        var unavailable = 0;
        for (var cut = 0; cut < 10; cut++)
        {
            await database.Server.CutConnectionsAsync(Database.ConnectionString);
            await Task.Delay(50, Cancel); // lets refreshes get under way, so that the next cut meets some
        }

        await stop.CancelAsync();
        for (var i = 0; i < sessions.Length; i++)
        {
            var (generation, failures) = await clients[i];
            unavailable += failures;
            Assert.True(generation > 0);
            Assert.InRange(
                (await RetryAsync(() => Store.Sessions.FindAsync(sessions[i].Id, Cancel)))!.Generation,
                generation,
                generation + 1
            );
        }

        Assert.True(unavailable > 0);
    }

    [Fact]
    public async Task A_server_that_was_stopped_is_unavailable_at_once_and_used_again_when_it_is_back()
    {
        await using var server = PostgresServer.Private();
        var options = new StoreOptions { ConnectionString = await server.CreateDatabaseAsync() };
        await using var store = Store.Open(options, Time, RandomSource.System);
        await store.Migrations.ApplyAsync(Cancel);
        var session = NewSession();
        await store.Sessions.OpenAsync(session, new Preconditions(), Entry(), Cancel);
        await RefreshAsync(session, 0, store);

        await server.StopAsync();
        await Assert.ThrowsAsync<StoreUnavailableException>(() => RefreshAsync(session, 1, store));
        await Assert.ThrowsAsync<StoreUnavailableException>(() =>
            store.Sessions.OpenAsync(NewSession(), new Preconditions(), Entry(), Cancel)
        );
        await Assert.ThrowsAsync<StoreUnavailableException>(() => store.Sessions.FindAsync(session.Id, Cancel));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => store.PingAsync(Cancel));

        await server.StartAsync();
        await store.PingAsync(Cancel);
        Assert.Equal(2u, (await RefreshAsync(session, 1, store)).Session!.Generation);
    }

    [Fact]
    public async Task A_node_that_was_not_listening_is_told_that_everything_may_have_changed()
    {
        var heard = new TaskCompletionSource();
        await RetryAsync(async () =>
        {
            await Store.PingAsync(Cancel);
            return true;
        });
        using var listening = Store.Changes.Subscribe(change =>
            _ = change.Kind is ChangeKind.SigningKeys && heard.TrySetResult()
        );

        await database.Server.CutConnectionsAsync(Database.ConnectionString);

        await heard.Task.WaitAsync(TimeSpan.FromSeconds(20), Cancel);
    }

    [Fact]
    public async Task One_node_at_a_time_has_the_lead()
    {
        await using var other = Database.Open();
        await using (await RetryAsync(() => Store.Engine.TryLeadAsync(Cancel)))
        {
            Assert.False((await other.Upkeep.SweepAsync(new Retention(), Cancel)).Led);
        }

        Assert.True((await other.Upkeep.SweepAsync(new Retention(), Cancel)).Led);
    }

    [Fact]
    public async Task A_backup_is_left_to_the_engines_own_tools()
    {
        var refused = await Assert.ThrowsAsync<NotSupportedException>(() => Store.BackupAsync("unused", Cancel));
        Assert.Contains("pg_dump", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refresh_moves_no_index()
    {
        var connectionString = await Database.CreateAsync();
        await using (
            var store = Store.Open(new StoreOptions { ConnectionString = connectionString }, Time, RandomSource.System)
        )
        {
            await store.Migrations.ApplyAsync(Cancel);
            var session = NewSession(NewId(), "shop", NewId());
            await store.Sessions.OpenAsync(session, new Preconditions(), Entry(), Cancel);
            for (uint generation = 0; generation < 500; generation++)
            {
                await RefreshAsync(session, generation, store);
            }
        }

        await UntilHandedInAsync(
            "SELECT COALESCE(SUM(n_tup_upd), 0) FROM pg_stat_user_tables WHERE relname = 'sessions'",
            500,
            connectionString
        );

        // Now and then the page is full until what is dead on it may be pruned, which another transaction's snapshot
        // holds up.
        Assert.InRange(
            await Database.NumberAsync(
                "SELECT n_tup_hot_upd FROM pg_stat_user_tables WHERE relname = 'sessions'",
                connectionString
            ),
            475,
            500
        );
    }

    [Fact]
    public async Task A_login_by_API_key_reads_what_its_key_opened_lately_and_not_what_it_ever_did()
    {
        var connectionString = await Database.CreateAsync();
        await using (
            var store = Store.Open(new StoreOptions { ConnectionString = connectionString }, Time, RandomSource.System)
        )
        {
            await store.Migrations.ApplyAsync(Cancel);
            var account = NewAccount();
            await store.Accounts.CreateAsync(account, Entry(AuditEvent.AccountCreated), Cancel);
            var key = NewApiKey(account.Id);
            await store.ApiKeys.SaveAsync(key, Entry(AuditEvent.ApiKeyCreated), Cancel);
            var vouchers = new Preconditions { ApiKeyId = key.Id };
            Task<bool> LoginAsync(Preconditions vouchers) =>
                CommittedAsync(
                    store.Sessions.OpenAsync(NewSession(account.Id, apiKey: key.Id), vouchers, Entry(), Cancel)
                );
            await Task.WhenAll(Enumerable.Range(0, 500).Select(_ => LoginAsync(vouchers)));
            Time.Advance(TimeSpan.FromMinutes(10));
            for (var i = 0; i < 20; i++)
            {
                Assert.True(
                    await LoginAsync(
                        vouchers with
                        {
                            Logins = new LoginAllowance(Time.Now.AddMinutes(-5), Time.Now, 20),
                        }
                    )
                );
            }
        }

        await UntilHandedInAsync(
            "SELECT COALESCE(SUM(n_tup_ins), 0) FROM pg_stat_user_tables WHERE relname = 'sessions'",
            520,
            connectionString
        );
        Assert.InRange(
            await Database.NumberAsync(
                "SELECT idx_tup_read FROM pg_stat_user_indexes WHERE indexrelname = 'sessions_of_api_key'",
                connectionString
            ),
            0,
            1000
        );
    }

    // A connection hands in its statistics when it ends.
    private async Task<(string Name, bool Prepares)> ConnectionAsync(string connectionString)
    {
        await using var store = Store.Open(
            new StoreOptions { ConnectionString = connectionString },
            Time,
            RandomSource.System
        );
        return await store.Engine.ReadAsync(
            async db =>
            {
                for (var use = 0; use < 3; use++)
                {
                    await db.AnyAsync("SELECT 1 FROM pg_class WHERE relname = $1", "sessions");
                }

                var name = await db.ListAsync("SELECT current_setting('application_name')", row => row.Text(0));
                return (name[0], await db.AnyAsync("SELECT 1 FROM pg_prepared_statements"));
            },
            Cancel
        );
    }

    private async Task UntilHandedInAsync(string counted, long expected, string connectionString)
    {
        while (await Database.NumberAsync(counted, connectionString) < expected)
        {
            await Task.Delay(20, Cancel);
        }
    }

    private async Task<(uint Generation, int Failures)> RefreshThroughFailuresAsync(
        Session session,
        CancellationToken stop
    )
    {
        var (generation, failures) = (0u, 0);
        while (!stop.IsCancellationRequested)
        {
            try
            {
                var decision = await RefreshAsync(session, generation);
                Assert.True(decision.Grants);
                Assert.Equal(generation + 1, decision.Session!.Generation);
                generation++;
            }
            catch (StoreUnavailableException)
            {
                failures++;
            }
        }

        return (generation, failures);
    }

    private static async Task<T> RetryAsync<T>(Func<Task<T>> call)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return await call();
            }
            catch (StoreUnavailableException) when (attempt < 20)
            {
                // Another test of this class cut the connections.
            }
        }
    }
}
