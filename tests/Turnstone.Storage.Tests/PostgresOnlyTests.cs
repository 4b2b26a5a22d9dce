using System.Diagnostics;
using Npgsql;
using Turnstone.Audit;
using Turnstone.Directory;
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
        var clients = sessions.Select(session => Task.Run(() => RefreshThroughFailuresAsync(session, stop.Token))).ToList();
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
            Assert.InRange((await RetryAsync(() => Store.Sessions.FindAsync(sessions[i].Id, Cancel)))!.Generation, generation, generation + 1);
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
        await store.Sessions.OpenAsync(session, new Vouchers(), Entry(), Cancel);
        await RefreshAsync(session, 0, store);

        await server.StopAsync();
        await Assert.ThrowsAsync<StoreUnavailableException>(() => RefreshAsync(session, 1, store));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => store.Sessions.OpenAsync(NewSession(), new Vouchers(), Entry(), Cancel));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => store.Sessions.FindAsync(session.Id, Cancel));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => store.PingAsync(Cancel));

        await server.StartAsync();
        await store.PingAsync(Cancel);
        Assert.Equal(2u, (await RefreshAsync(session, 1, store)).Session!.Generation);
    }

    [Fact]
    public async Task Whoever_needs_a_row_that_something_long_holds_waits_for_it_and_no_other_does()
    {
        var (free, idle) = (await GivenSessionAsync(), await GivenAccountAsync());
        List<(Session Session, Account Account)> held = [];
        for (var i = 0; i < 3; i++)
        {
            held.Add((await GivenSessionAsync(), await GivenAccountAsync()));
        }

        List<Task<bool>> waiting = [];
        await using (var other = new NpgsqlConnection($"{Database.ConnectionString};Pooling=false"))
        {
            await other.OpenAsync(Cancel);
            await using var revocation = await other.BeginTransactionAsync(Cancel);
            var generation = 0u;
            foreach (var (session, account) in held)
            {
                await HoldAsync(other, "sessions", session.Id.ToBytes());
                await HoldAsync(other, "accounts", account.Id.ToByteArray(bigEndian: true));
                waiting.AddRange([GoesOnAsync(session, 0), LoginAsync(account)]);
                var began = Stopwatch.GetTimestamp();
                Assert.All(await Task.WhenAll(GoesOnAsync(free, generation++), LoginAsync(idle)), Assert.True);
                Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(2));
            }

            Assert.DoesNotContain(waiting, task => task.IsCompleted);
            await revocation.RollbackAsync(Cancel);
        }

        Assert.All(await Task.WhenAll(waiting), Assert.True);
    }

    /// <summary>Waiting costs a connection of those that everything needs: few wait, the others are told to come again, and nobody else notices.</summary>
    [Fact]
    public async Task Of_many_who_need_a_row_that_something_long_holds_few_wait()
    {
        var (held, idle) = (await GivenAccountAsync(), await GivenAccountAsync());
        List<Task<bool>> waiting;
        await using (var other = new NpgsqlConnection($"{Database.ConnectionString};Pooling=false"))
        {
            await other.OpenAsync(Cancel);
            await using var revocation = await other.BeginTransactionAsync(Cancel);
            await HoldAsync(other, "accounts", held.Id.ToByteArray(bigEndian: true));
            waiting = [.. Enumerable.Range(0, 60).Select(_ => LoginAsync(held))];
            var others = Enumerable.Range(0, 60).Select(_ => LoginAsync(idle)).ToList();

            Assert.All(await Task.WhenAll(others).WaitAsync(TimeSpan.FromSeconds(3), Cancel), Assert.True);
            Assert.NotNull(await Store.Accounts.FindAsync(held.Id, Cancel).WaitAsync(TimeSpan.FromSeconds(1), Cancel));
            while (waiting.Count(task => !task.IsCompleted) > 4)
            {
                await Task.WhenAny(waiting.Where(task => !task.IsCompleted)).WaitAsync(TimeSpan.FromSeconds(3), Cancel);
            }

            await revocation.RollbackAsync(Cancel);
        }

        Assert.Equal(4, waiting.Count(task => task.IsCompletedSuccessfully || !task.IsCompleted));
        foreach (var login in waiting)
        {
            if (login.IsFaulted)
            {
                await Assert.ThrowsAsync<StoreUnavailableException>(() => login);
            }
            else
            {
                Assert.True(await login);
            }
        }
    }

    /// <summary>A row that is written twice fails the transaction that it is in: that must not be the one of everybody who logs in at the time.</summary>
    [Fact]
    public async Task A_token_that_is_given_back_twice_at_once_leaves_the_logins_of_others_together()
    {
        var connectionString = await Database.CreateAsync();
        await using var store = Store.Open(new StoreOptions { ConnectionString = connectionString }, Time, RandomSource.System);
        await store.Migrations.ApplyAsync(Cancel);
        List<Task<bool>> logins = [], given = [];
        for (var i = 0; i < 200; i++)
        {
            logins.Add(store.Sessions.OpenAsync(NewSession(), new Vouchers(), Entry(), Cancel));
            if (i % 10 == 0)
            {
                var ended = StandingSession.Ended(new SessionId(NewId()), "", "shop", RevocationReason.Logout, Time.Now, Time.Now.AddHours(1), Caller);
                given.AddRange(Enumerable.Range(0, 2).Select(_ => store.Sessions.OpenAsync(ended, new Vouchers(), Entry(), Cancel)));
            }
        }

        Assert.All(await Task.WhenAll(logins), Assert.True);
        Assert.Equal(20, (await Task.WhenAll(given)).Count(written => written));
        Assert.InRange(await Database.NumberAsync("SELECT COUNT(DISTINCT xmin::text) FROM sessions WHERE client_id IS NULL", connectionString), 1, 40);
    }

    [Fact]
    public async Task A_node_that_was_not_listening_is_told_that_everything_may_have_changed()
    {
        var heard = new TaskCompletionSource();
        await RetryAsync(async () => { await Store.PingAsync(Cancel); return true; });
        using var listening = Store.Changes.Subscribe(kind => _ = kind is ChangeKind.SigningKeys && heard.TrySetResult());

        await database.Server.CutConnectionsAsync(Database.ConnectionString);

        await heard.Task.WaitAsync(TimeSpan.FromSeconds(20), Cancel);
    }

    [Fact]
    public async Task One_node_at_a_time_has_the_lead()
    {
        await using var other = Database.Open();
        await using (await RetryAsync(() => Store.Engine.TryLeadAsync(Cancel)))
        {
            Assert.False((await other.Upkeep.SweepAsync(Time.Now, new Retention(), Cancel)).Led);
        }

        Assert.True((await other.Upkeep.SweepAsync(Time.Now, new Retention(), Cancel)).Led);
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
        await using (var store = Store.Open(new StoreOptions { ConnectionString = connectionString }, Time, RandomSource.System))
        {
            await store.Migrations.ApplyAsync(Cancel);
            var session = NewSession(NewId(), "shop", NewId());
            await store.Sessions.OpenAsync(session, new Vouchers(), Entry(), Cancel);
            for (uint generation = 0; generation < 500; generation++)
            {
                await RefreshAsync(session, generation, store);
            }
        }

        await UntilHandedInAsync("SELECT COALESCE(SUM(n_tup_upd), 0) FROM pg_stat_user_tables WHERE relname = 'sessions'", 500, connectionString);

        // Now and then the page is full until what is dead on it may be pruned, which another transaction's snapshot holds up.
        Assert.InRange(await Database.NumberAsync("SELECT n_tup_hot_upd FROM pg_stat_user_tables WHERE relname = 'sessions'", connectionString), 475, 500);
    }

    private async Task<(string Name, bool Prepares)> ConnectionAsync(string connectionString)
    {
        await using var store = Store.Open(new StoreOptions { ConnectionString = connectionString }, Time, RandomSource.System);
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
            Cancel);
    }

    [Fact]
    public async Task A_login_by_API_key_reads_what_its_key_opened_lately_and_not_what_it_ever_did()
    {
        var connectionString = await Database.CreateAsync();
        await using (var store = Store.Open(new StoreOptions { ConnectionString = connectionString }, Time, RandomSource.System))
        {
            await store.Migrations.ApplyAsync(Cancel);
            var account = NewAccount();
            await store.Accounts.CreateAsync(account, Entry(AuditEvent.AccountCreated), Cancel);
            var key = NewApiKey(account.Id);
            await store.ApiKeys.SaveAsync(key, Entry(AuditEvent.ApiKeyCreated), Cancel);
            var vouchers = new Vouchers { ApiKeyId = key.Id };
            Task<bool> LoginAsync(Vouchers vouchers) => store.Sessions.OpenAsync(NewSession(account.Id, apiKey: key.Id), vouchers, Entry(), Cancel);
            await Task.WhenAll(Enumerable.Range(0, 500).Select(_ => LoginAsync(vouchers)));
            Time.Advance(TimeSpan.FromMinutes(10));
            for (var i = 0; i < 20; i++)
            {
                Assert.True(await LoginAsync(vouchers with { Logins = new LoginAllowance(Time.Now.AddMinutes(-5), Time.Now, 20) }));
            }
        }

        await UntilHandedInAsync("SELECT COALESCE(SUM(n_tup_ins), 0) FROM pg_stat_user_tables WHERE relname = 'sessions'", 520, connectionString);
        Assert.InRange(await Database.NumberAsync("SELECT idx_tup_read FROM pg_stat_user_indexes WHERE indexrelname = 'sessions_of_api_key'", connectionString), 0, 1000);
    }

    // A connection hands in its statistics when it ends.
    private async Task UntilHandedInAsync(string counted, long expected, string connectionString)
    {
        while (await Database.NumberAsync(counted, connectionString) < expected)
        {
            await Task.Delay(20, Cancel);
        }
    }

    private async Task<(uint Generation, int Failures)> RefreshThroughFailuresAsync(Session session, CancellationToken stop)
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

    private static async Task HoldAsync(NpgsqlConnection connection, string table, byte[] id)
    {
        await using var command = new NpgsqlCommand($"SELECT 1 FROM {table} WHERE id = $1 FOR UPDATE", connection) { Parameters = { new() { Value = id } } };
        await command.ExecuteNonQueryAsync(Cancel);
    }

    private async Task<bool> GoesOnAsync(Session session, uint generation) => (await RefreshAsync(session, generation)).Kind is RotationKind.Advance;

    private Task<bool> LoginAsync(Account account) =>
        Store.Sessions.OpenAsync(NewSession(account.Id), new Vouchers { Account = (account.Id, account.Epoch) }, Entry(), Cancel);
}
