using Npgsql;
using Turnstone.Audit;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Sessions;
using Turnstone.Storage.Indexes;

namespace Turnstone.Storage.Tests.Indexes;

/// <summary>
/// What an API key has opened is found by runs, and counted when it logs in: at every moment, by this process and by
/// one that has just been started.
/// </summary>
public abstract class SessionIndexTests(TestDatabase database) : StoreTest(database)
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(15);

    private readonly List<(Session Session, bool Live)> opened = [];

    private protected Fills Fills => new(Store, Time, IndexSource.Sessions, Database);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Nothing_is_missing_at_any_moment(int seed)
    {
        var chance = new Chance(seed);
        List<ApiKey> keys = [];
        for (var i = 0; i < 4; i++)
        {
            keys.Add(await GivenApiKeyAsync());
        }

        await Fills.AllAsync();
        for (var step = 0; step < 120; step++)
        {
            await StepAsync(chance, keys);
            var key = keys[chance.Next(keys.Count)];
            await AssertListedAsync(key, 1 + chance.Next(9));
            await AssertCountedAsync(key, chance.Next(2) == 0);
        }

        Assert.True((await Fills.StateAsync()).NextRun > 4);
    }

    [Fact]
    public async Task What_is_opened_before_a_process_knows_the_runs_is_found_with_its_entry()
    {
        var key = await GivenApiKeyAsync();
        await Fills.AllAsync();
        await using var started = Database.Open();
        var session = NewSession(key.AccountId, apiKey: key.Id);

        await started.Sessions.OpenAsync(
            session,
            new Preconditions { ApiKeyId = key.Id },
            Entry(AuditEvent.Login, key.AccountId) with
            {
                ApiKeyId = key.Id,
            },
            Cancel
        );

        Assert.Equal(1, await Fills.RowsAsync(key.Id));
        var listed = await Store.Sessions.ListAsync(SessionHolder.ApiKey(key.Id), 10, Cancel);
        Assert.Equal(session.Id, Assert.Single(listed).Id);
        Assert.Single(
            await Store.Audit.ReadAsync(new AuditQuery { ApiKeyId = key.Id }, Cancel),
            entry => entry.Event == AuditEvent.Login
        );
    }

    [Fact]
    public async Task What_is_swept_leaves_the_runs_too()
    {
        var key = await GivenApiKeyAsync();
        await Fills.AllAsync();
        for (var i = 0; i < 60; i++)
        {
            await OpenAsync(key, i % 3 == 0 ? Time.Now.AddHours(-1) : Time.Now);
            Time.Advance(TimeSpan.FromSeconds(1));
        }

        Time.Advance(TimeSpan.FromMinutes(1));
        await Fills.AllAsync();
        var kept = await OpenAsync(key, Time.Now);
        Time.Advance(Terms.RefreshLifetime - TimeSpan.FromSeconds(1));
        await RefreshAsync(kept, 0);
        Time.Advance(TimeSpan.FromDays(5));
        while (await Store.Sessions.SweepAsync(Time.Now.AddDays(-5), 10, Cancel) > 0) { }
        for (var i = 0; i < 20; i++)
        {
            await GivenSessionAsync((await GivenAccountAsync()).Id);
        }

        Time.Advance(TimeSpan.FromMinutes(1));
        await Fills.AllAsync();
        await Fills.MergeAsync();

        Assert.Equal(1, await Fills.RowsAsync(key.Id));
        Assert.NotNull(await Store.Sessions.FindAsync(kept.Id, Cancel));
    }

    [Fact]
    public async Task Logins_of_one_key_in_several_batches_at_once_do_not_pass_the_limit()
    {
        var key = await GivenApiKeyAsync();
        var since = Time.Now - Window;

        // More than a batch takes.
        var opened = await Task.WhenAll(Enumerable.Range(0, 900).Select(_ => LoginAsync(Store, key, since, 300)));

        Assert.Equal(300, opened.Count(login => login.Receipt.IsCommitted));
    }

    [Fact]
    public async Task Many_runs_become_few()
    {
        var key = await GivenApiKeyAsync();

        // What other tests have left is old enough to be in runs before those of this one are counted.
        Time.Advance(TimeSpan.FromMinutes(1));
        await Fills.AllAsync();
        await Fills.MergeAsync();
        var first = await Fills.RunsAsync();
        for (var i = 0; i < 200; i++)
        {
            await OpenAsync(key, Time.Now);
            Time.Advance(TimeSpan.FromSeconds(1));
        }

        Time.Advance(TimeSpan.FromMinutes(1));
        await Fills.AllAsync();
        var before = await Fills.RunsAsync() - first;
        await Fills.MergeAsync();

        // 200 rows in runs of 7; and merged, of 28.
        var left = await Fills.RunsAsync() - first;
        Assert.True(before >= 28, $"{before} runs");
        Assert.True(left <= (before / 4) + 3, $"{left} of {before} runs are left");
        await AssertListedAsync(key, 30);
    }

    [Fact]
    public async Task A_process_that_was_killed_in_a_merge_leaves_nothing_behind()
    {
        var key = await GivenApiKeyAsync();
        await Fills.AllAsync();
        for (var i = 0; i < 60; i++)
        {
            await OpenAsync(key, Time.Now);
            Time.Advance(TimeSpan.FromSeconds(1));
        }

        Time.Advance(TimeSpan.FromMinutes(1));
        await Fills.AllAsync();
        await Store.Engine.WriteAsync(
            db =>
                db.ExecuteAsync(
                    "DELETE FROM index_runs WHERE source = 2 AND run IN "
                        + "(SELECT run FROM index_runs WHERE source = 2 AND run > 0 ORDER BY run LIMIT 2)"
                ),
            Cancel
        );

        await Fills.MergeAsync();

        await AssertListedAsync(key, 100);
        Assert.Equal(
            0,
            await Database.NumberAsync(
                "SELECT COUNT(*) FROM index_rows WHERE source = 2 AND run > 0 AND run NOT IN "
                    + "(SELECT run FROM index_runs WHERE source = 2)"
            )
        );
    }

    [Fact]
    public async Task Of_an_erased_account_no_session_of_its_keys_says_from_where_it_was_opened()
    {
        var account = await GivenAccountAsync();
        var key = await GivenApiKeyAsync(account.Id);
        await Fills.AllAsync();
        for (var i = 0; i < 20; i++)
        {
            await OpenAsync(key, i % 4 == 0 ? Time.Now.AddHours(-1) : Time.Now);
        }

        Time.Advance(TimeSpan.FromMinutes(1));
        await Fills.AllAsync();
        await OpenAsync(key, Time.Now);
        for (Guid? after = Guid.Empty; after is { } place; )
        {
            after = await Store.Endings.ScrubSessionsAsync(account.Id, place, 5, Cancel);
        }

        var rows = await Task.WhenAll(opened.Select(row => Store.Sessions.FindAsync(row.Session.Id, Cancel)));
        Assert.Equal(21, rows.Length);
        Assert.All(rows, row => Assert.Equal(("erased", null), (row!.OpenedBy.Network, row.OpenedBy.UserAgent)));
    }

    private async Task StepAsync(Chance chance, List<ApiKey> keys)
    {
        switch (chance.Next(12))
        {
            case < 4:
                await OpenAsync(keys[chance.Next(keys.Count)], Time.Now);
                break;
            case 4:
                // A store that was put back: it is opened again, with the id that it had.
                await OpenAsync(keys[chance.Next(keys.Count)], Time.Now.AddMinutes(-chance.Next(90)));
                break;
            case 5:
                Time.Advance(TimeSpan.FromSeconds(chance.Next(30)));
                break;
            case 6 when opened.Count > 0:
                var at = chance.Next(opened.Count);
                await Store.Sessions.EndAsync(opened[at].Session.Id, RevocationReason.Logout, Entry(), Cancel);
                opened[at] = opened[at] with { Live = false };
                break;
            case 7:
                await Fills.StepAsync();
                break;
            case 8:
                await Fills.KilledAsync();
                break;
            case 9:
                await Fills.MergeAsync();
                break;
            default:
                await Fills.AllAsync();
                break;
        }
    }

    protected void Add(Session session) => opened.Add((session, true));

    protected async Task<Session> OpenAsync(ApiKey key, DateTimeOffset at)
    {
        var session = NewSession(key.AccountId, apiKey: key.Id) with
        {
            Id = SessionId.New(RandomSource.System, at),
            CreatedAt = at,
        };
        Assert.True(
            (
                await Store.Sessions.OpenAsync(
                    session,
                    new Preconditions { ApiKeyId = key.Id, OpenedAfter = at < Time.Now ? 0 : null },
                    Entry(),
                    Cancel
                )
            ).IsCommitted
        );
        opened.Add((session, true));
        return session;
    }

    // As a page asks: each part goes on where the one before ended.
    protected async Task AssertListedAsync(ApiKey key, int size)
    {
        var (all, place) = (new List<Session>(), (SessionPlace?)null);
        IReadOnlyList<Session> page;
        do
        {
            page = await Store.Sessions.ListAsync(SessionHolder.ApiKey(key.Id), size, Cancel, place);
            all.AddRange(page);
            place = page.Count > 0 ? SessionPlace.Of(page[^1]) : place;
        } while (page.Count == size);

        Assert.Equal(
            LiveOf(key).OrderByDescending(row => row.CreatedAt).ThenByDescending(row => row.Id.Value).Select(r => r.Id),
            all.Select(row => row.Id)
        );
    }

    // One that only just has no room is refused, and one that only just has some is let in.
    private async Task AssertCountedAsync(ApiKey key, bool byAnother)
    {
        var since = Time.Now - Window;
        var count = LiveOf(key).Count(row => row.CreatedAt > since);
        await using var another = byAnother ? Database.Open() : null;
        var store = another ?? Store;
        if (count > 0)
        {
            Assert.Equal(ReceiptKind.TooMany, (await LoginAsync(store, key, since, count)).Receipt.Kind);
        }

        var (session, receipt) = await LoginAsync(store, key, since, count + 1);
        Assert.Equal(ReceiptKind.Committed, receipt.Kind);
        opened.Add((session, true));
        await Store.Engine.HearLoginsAsync();
    }

    private async Task<(Session Session, Receipt Receipt)> LoginAsync(
        Store store,
        ApiKey key,
        DateTimeOffset since,
        int most
    )
    {
        var session = NewSession(key.AccountId, apiKey: key.Id);
        return (
            session,
            await store.Sessions.OpenAsync(
                session,
                new Preconditions { ApiKeyId = key.Id, Logins = new LoginAllowance(since, Time.Now, most) },
                Entry(),
                Cancel
            )
        );
    }

    private IEnumerable<Session> LiveOf(ApiKey key) =>
        opened.Where(row => row.Live && row.Session.ApiKeyId == key.Id).Select(row => row.Session);
}

public sealed class Session_indexes_on_SQLite(SqliteDatabase database)
    : SessionIndexTests(database),
        IClassFixture<SqliteDatabase>
{
    [Fact]
    public async Task A_new_store_has_none_of_the_indexes_that_are_replaced_and_an_older_one_keeps_them_for_a_day()
    {
        var fresh = await Database.CreateAsync();
        await using var another = Store.Open(new StoreOptions { ConnectionString = fresh }, Time, RandomSource.System);
        await another.Migrations.ApplyAsync(Cancel);
        await TendAsync(another);
        Assert.Equal(0, await ReplacedAsync(fresh));

        var older = await Database.CreateAsync();
        await using var store = Store.Open(new StoreOptions { ConnectionString = older }, Time, RandomSource.System);
        var first = new FirstVersion(store.Engine);
        await first.CreateAsync(Cancel);
        await first.AddAsync(Entry(AuditEvent.Login, NewId()) with { Id = NewId() }, Cancel);
        await first.AddAsync(Entry(AuditEvent.PasswordChanged, NewId()) with { Id = NewId() }, Cancel);
        Time.Advance(TimeSpan.FromSeconds(1));
        await store.Migrations.ApplyAsync(Cancel);
        var waiting = await store.Engine.ReadAsync(db => db.NumberAsync("SELECT COUNT(*) FROM audit"), Cancel);
        var before = await store.Audit.ReadAsync(new AuditQuery(), Cancel);
        Assert.NotEqual(0, waiting);
        await TendAsync(store);
        Assert.Equal(6, await ReplacedAsync(older));
        Assert.Equal(waiting, await Database.NumberAsync("SELECT COUNT(*) FROM audit", older));

        Time.Advance(TimeSpan.FromHours(25));
        await TendAsync(store);
        Assert.Equal(0, await ReplacedAsync(older));
        Assert.Equal(0, await Database.NumberAsync("SELECT COUNT(*) FROM audit", older));
        Assert.Equal(before, await store.Audit.ReadAsync(new AuditQuery(), Cancel));
    }

    private static async Task TendAsync(Store store)
    {
        await store.FillIndexesAsync(Cancel);
        await store.SealedLog.SealAsync(Cancel);
    }

    private Task<long> ReplacedAsync(string connectionString) =>
        Database.NumberAsync(
            "SELECT COUNT(*) FROM sqlite_schema WHERE name IN ('audit_of_account', 'audit_of_api_key', "
                + "'audit_of_client', 'audit_by_event', 'audit_of_actor', 'sessions_of_api_key')",
            connectionString
        );
}

public sealed class Session_indexes_on_PostgreSQL(PostgresDatabase database)
    : SessionIndexTests(database),
        IClassFixture<PostgresDatabase>
{
    [Fact]
    public async Task A_commit_that_began_before_the_bound_was_told_is_waited_for()
    {
        var key = await GivenApiKeyAsync();
        await Fills.AllAsync();
        for (var i = 0; i < 10; i++)
        {
            await OpenAsync(key, Time.Now);
        }

        var (began, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        var session = NewSession(key.AccountId, apiKey: key.Id);
        var slow = Store.Engine.WriteAsync(
            async db =>
            {
                await Storage.Sessions.SessionRow.InsertAsync(db, [session]);
                began.TrySetResult();
                await goOn.Task;
                return true;
            },
            Cancel
        );
        await began.Task;
        Time.Advance(TimeSpan.FromSeconds(30));
        for (var i = 0; i < 5; i++)
        {
            await Fills.StepAsync();
        }

        await AssertListedAsync(key, 100);
        goOn.SetResult();
        await slow;
        Add(session);
        await AssertListedAsync(key, 100);
        await Fills.AllAsync();
        Assert.True((await Fills.StateAsync()).NextRun > 1);
        await AssertListedAsync(key, 100);
    }

    [Fact]
    public async Task A_transaction_in_another_database_of_the_server_is_not_waited_for()
    {
        await using var other = new NpgsqlConnection(await Database.CreateAsync());
        await other.OpenAsync(Cancel);
        await using var transaction = await other.BeginTransactionAsync(Cancel);
        await using var command = new NpgsqlCommand("SELECT pg_current_xact_id()::text", other);
        await command.ExecuteScalarAsync(Cancel);
        var key = await GivenApiKeyAsync();
        await Fills.AllAsync();
        var before = await Fills.StateAsync();
        for (var i = 0; i < 10; i++)
        {
            await OpenAsync(key, Time.Now);
        }

        Time.Advance(TimeSpan.FromSeconds(30));
        await Fills.AllAsync();

        Assert.True((await Fills.StateAsync()).NextRun > before.NextRun);
    }
}
