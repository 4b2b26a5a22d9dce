using System.Diagnostics;
using Npgsql;
using Turnstone.Audit;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Sessions;
using Turnstone.Storage.Postgres;

namespace Turnstone.Storage.Tests.Sessions;

/// <summary>
/// Who shares a transaction with whom, where several are under way at once: one that has to wait or fails must not take
/// the others with it.
/// </summary>
public sealed class PostgresBatchTests(PostgresDatabase database) : StoreTest(database), IClassFixture<PostgresDatabase>
{
    [Fact]
    public async Task Whoever_needs_what_something_long_holds_waits_for_it_and_no_other_does()
    {
        var (free, idle) = (await GivenSessionAsync(), await GivenApiKeyAsync());
        List<(Session Session, Session Forgotten)> held = [];
        for (var i = 0; i < 3; i++)
        {
            held.Add((await GivenSessionAsync(), await GivenForgottenAsync()));
        }

        List<Task<bool>> waiting = [];
        await using (var other = new NpgsqlConnection($"{Database.ConnectionString};Pooling=false"))
        {
            await other.OpenAsync(Cancel);
            await using var revocation = await other.BeginTransactionAsync(Cancel);
            var generation = 0u;
            foreach (var (session, forgotten) in held)
            {
                await HoldAsync(other, "sessions", session.Id.ToBytes());
                await HoldReopeningAsync(other, forgotten);
                waiting.AddRange([GoesOnAsync(session, 0), ReopensAsync(forgotten)]);
                var began = Stopwatch.GetTimestamp();
                Assert.All(await Task.WhenAll(GoesOnAsync(free, generation++), LoginAsync(idle)), Assert.True);
                Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(2));
            }

            Assert.DoesNotContain(waiting, task => task.IsCompleted);
            await revocation.RollbackAsync(Cancel);
        }

        Assert.All(await Task.WhenAll(waiting), Assert.True);
    }

    /// <summary>
    /// Waiting costs a connection of those that everything needs: few wait, the others are told to come again, and
    /// nobody else notices.
    /// </summary>
    [Fact]
    public async Task Of_many_who_need_what_something_long_holds_few_wait()
    {
        var (held, idle) = (await GivenForgottenAsync(), await GivenApiKeyAsync());
        List<Task<bool>> waiting;
        await using (var other = new NpgsqlConnection($"{Database.ConnectionString};Pooling=false"))
        {
            await other.OpenAsync(Cancel);
            await using var revocation = await other.BeginTransactionAsync(Cancel);
            await HoldReopeningAsync(other, held);
            waiting = [.. Enumerable.Range(0, 60).Select(_ => ReopensAsync(held))];
            var others = Enumerable.Range(0, 60).Select(_ => LoginAsync(idle)).ToList();

            Assert.All(await Task.WhenAll(others).WaitAsync(TimeSpan.FromSeconds(3), Cancel), Assert.True);
            Assert.NotNull(await Store.ApiKeys.FindAsync(idle.Id, Cancel).WaitAsync(TimeSpan.FromSeconds(1), Cancel));
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

    /// <summary>
    /// Whoever saves the rows that a login asks for keeps nobody waiting, for however long he does.
    /// </summary>
    [Fact]
    public async Task A_row_that_something_long_holds_keeps_no_login_waiting()
    {
        var key = await GivenApiKeyAsync();
        await using var other = new NpgsqlConnection($"{Database.ConnectionString};Pooling=false");
        await other.OpenAsync(Cancel);
        await using var saving = await other.BeginTransactionAsync(Cancel);
        await HoldAsync(other, "accounts", key.AccountId.ToByteArray(bigEndian: true));
        await HoldAsync(other, "api_keys", key.Id.ToByteArray(bigEndian: true));

        Assert.True(await LoginAsync(key).WaitAsync(TimeSpan.FromSeconds(3), Cancel));
        await saving.RollbackAsync(Cancel);
    }

    /// <summary>The lock of a row is written to its page, and each page of a large table would be.</summary>
    [Fact]
    public async Task A_login_writes_nothing_to_the_rows_of_its_account_and_its_key()
    {
        var key = await GivenApiKeyAsync();
        var before = await LastWritersAsync(key);

        Assert.True(await LoginAsync(key));

        Assert.Equal(before, await LastWritersAsync(key));
    }

    // Whoever changes or locks a row leaves his number in it.
    private async Task<(long Account, long Key)> LastWritersAsync(ApiKey key)
    {
        return (await OfAsync("accounts", key.AccountId), await OfAsync("api_keys", key.Id));

        Task<long> OfAsync(string table, Guid id) =>
            Database.NumberAsync(
                $"SELECT xmax::text::bigint FROM {table} WHERE encode(id, 'hex') = '{id:n}'"
            );
    }

    /// <summary>
    /// A row that is written twice fails the transaction that it is in: that must not be the one of everybody who logs
    /// in at the time.
    /// </summary>
    [Fact]
    public async Task A_token_that_is_given_back_twice_at_once_leaves_the_logins_of_others_together()
    {
        var connectionString = await Database.CreateAsync();
        await using var store = Store.Open(
            new StoreOptions { ConnectionString = connectionString },
            Time,
            RandomSource.System
        );
        await store.Migrations.ApplyAsync(Cancel);
        List<Task<bool>> logins = [],
            given = [];
        for (var i = 0; i < 200; i++)
        {
            logins.Add(CommittedAsync(store.Sessions.OpenAsync(NewSession(), new Preconditions(), Entry(), Cancel)));
            if (i % 10 == 0)
            {
                var ended = EndedSession.Of(
                    new SessionId(NewId()),
                    "shop",
                    RevocationReason.Logout,
                    Time.Now,
                    Time.Now.AddHours(1),
                    Caller
                );
                given.AddRange(
                    Enumerable
                        .Range(0, 2)
                        .Select(_ =>
                            CommittedAsync(store.Sessions.OpenAsync(ended, new Preconditions(), Entry(), Cancel))
                        )
                );
            }
        }

        Assert.All(await Task.WhenAll(logins), Assert.True);
        Assert.Equal(20, (await Task.WhenAll(given)).Count(written => written));
        Assert.InRange(
            await Database.NumberAsync(
                "SELECT COUNT(DISTINCT xmin::text) FROM sessions WHERE client_id IS NULL",
                connectionString
            ),
            1,
            40
        );
    }

    /// <summary>
    /// The rows of a transaction are held to its end: who logs in with one of them must not wait for thousands of
    /// others.
    /// </summary>
    [Fact]
    public async Task What_was_gathered_of_many_is_written_a_few_at_a_time()
    {
        var connectionString = await Database.CreateAsync();
        await using (
            var store = Store.Open(new StoreOptions { ConnectionString = connectionString }, Time, RandomSource.System)
        )
        {
            await store.Migrations.ApplyAsync(Cancel);
            for (var i = 0; i < 1000; i++)
            {
                store.Usage.Count(UsageHolder.Of($"shop {i}", null, null), UsageOutcome.Login);
            }
        }

        Assert.Equal(1000, await Database.NumberAsync("SELECT SUM(total)::bigint FROM usage_counts", connectionString));
        Assert.InRange(
            await Database.NumberAsync(
                "SELECT MAX(rows) FROM (SELECT COUNT(*) AS rows FROM usage_counts GROUP BY xmin::text) AS held",
                connectionString
            ),
            1,
            256
        );
    }

    private static async Task HoldAsync(NpgsqlConnection connection, string table, byte[] id)
    {
        await using var command = new NpgsqlCommand($"SELECT 1 FROM {table} WHERE id = $1 FOR UPDATE", connection)
        {
            Parameters = { new() { Value = id } },
        };
        await command.ExecuteNonQueryAsync(Cancel);
    }

    // As another node that is opening it again and has not committed.
    private static async Task HoldReopeningAsync(NpgsqlConnection connection, Session session)
    {
        await using var command = new NpgsqlCommand(
            "INSERT INTO sessions SELECT (jsonb_populate_record(s, jsonb_build_object('id', $1::text))).* "
                + "FROM sessions s LIMIT 1",
            connection
        )
        {
            Parameters = { new() { Value = $"\\x{session.Id.Value:n}" } },
        };
        Assert.Equal(1, await command.ExecuteNonQueryAsync(Cancel));
    }

    private async Task<Session> GivenForgottenAsync()
    {
        var account = await GivenAccountAsync();
        await GivenSessionAsync();
        return NewSession(account.Id);
    }

    // Somebody else may have been first.
    private async Task<bool> ReopensAsync(Session session) =>
        (
            await Store.Sessions.OpenAsync(session, new Preconditions { OpenedAfter = 0 }, Entry(), Cancel)
        ).Kind is ReceiptKind.Committed or ReceiptKind.Conflict;

    private async Task<bool> GoesOnAsync(Session session, uint generation) =>
        (await RefreshAsync(session, generation)).Kind is RotationKind.Advance;

    private Task<bool> LoginAsync(ApiKey key) =>
        CommittedAsync(
            Store.Sessions.OpenAsync(
                NewSession(key.AccountId, apiKey: key.Id),
                new Preconditions { ApiKeyId = key.Id, Logins = new(Time.Now.AddHours(-1), Time.Now, 1000) },
                Entry(),
                Cancel
            )
        );

    private Task<bool> LoginAsync(Account account) =>
        CommittedAsync(
            Store.Sessions.OpenAsync(
                NewSession(account.Id),
                new Preconditions { Account = (account.Id, account.Epoch) },
                Entry(),
                Cancel
            )
        );
}
