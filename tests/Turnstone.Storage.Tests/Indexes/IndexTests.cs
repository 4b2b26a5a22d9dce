using System.Globalization;
using Npgsql;
using Turnstone.Audit;
using Turnstone.Model;
using Turnstone.Storage.Engines;
using Turnstone.Storage.Indexes;

namespace Turnstone.Storage.Tests.Indexes;

/// <summary>
/// What is found by runs, filled behind the commits, is all that there is at every moment: before a run, in between,
/// after a process was killed in between, and after a sweep.
/// </summary>
public abstract class IndexTests(TestDatabase database) : StoreTest(database)
{
    private static readonly TimeSpan Kept = TimeSpan.FromDays(400);

    private readonly List<(AuditEntry Entry, string Name)> written = [];
    private int names;

    /// <summary>The account of each key.</summary>
    protected Dictionary<Guid, Guid> Accounts { get; } = [];

    private Fills Fills => new(Store, Time, IndexSource.Audit, Database);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Nothing_is_missing_at_any_moment(int seed)
    {
        var chance = new Chance(seed);
        List<Guid> keys = [.. Enumerable.Range(0, 5).Select(_ => NewId())];
        keys.ForEach(key => Accounts.Add(key, NewId()));
        await FillAllAsync();
        for (var step = 0; step < 120; step++)
        {
            switch (chance.Next(11))
            {
                case < 5:
                    await AppendAsync(keys[chance.Next(keys.Count)], Time.Now.AddSeconds(-chance.Next(2)));
                    break;
                case 5:
                    // It waited: for its minute to be over, or for a store that was away.
                    await AppendAsync(keys[chance.Next(keys.Count)], Time.Now.AddMinutes(-chance.Next(90)));
                    break;
                case 6:
                    Time.Advance(TimeSpan.FromSeconds(chance.Next(30)));
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
                    await FillAllAsync();
                    break;
            }

            await AssertAllThereAsync(keys[chance.Next(keys.Count)], chance);
        }

        await FillAllAsync();
        await Task.WhenAll(keys.Select(key => AssertAllThereAsync(key, new Chance(seed))));
        Assert.True((await Fills.StateAsync()).NextRun > 4);
    }

    [Fact]
    public async Task After_a_sweep_neither_the_rows_nor_what_the_runs_have_of_them_is_left()
    {
        var (key, other) = (NewId(), NewId());
        (Accounts[key], Accounts[other]) = (NewId(), NewId());
        await FillAllAsync();
        for (var i = 0; i < 40; i++)
        {
            await AppendAsync(i % 2 == 0 ? key : other, i % 5 == 0 ? Time.Now.AddHours(-2) : Time.Now);
            Time.Advance(TimeSpan.FromSeconds(1));
        }

        Time.Advance(TimeSpan.FromMinutes(1));
        await FillAllAsync();
        Time.Advance(Kept);
        var before = Time.Now - Kept + TimeSpan.FromSeconds(1);
        await AppendAsync(key, Time.Now);
        while (await Store.Audit.SweepAsync(before, 500, Cancel) > 0) { }

        written.RemoveAll(row => row.Entry.At < before);
        await AssertAllThereAsync(key, new Chance(1));
        await AssertAllThereAsync(other, new Chance(1));
        Assert.Equal(
            0,
            await Database.NumberAsync(
                "SELECT COUNT(*) FROM index_rows i JOIN index_runs r ON r.source = i.source AND r.run = i.run "
                    + $"WHERE i.holder IN ({Literal(other)}, {Literal(Accounts[other])})"
            )
        );
    }

    [Fact]
    public async Task A_person_is_taken_out_of_entries_in_runs_and_behind_them()
    {
        var account = await GivenAccountAsync();
        var key = NewId();
        Accounts[key] = account.Id;
        await FillAllAsync();
        for (var i = 0; i < 20; i++)
        {
            await AppendAsync(key, Time.Now);
        }

        Time.Advance(TimeSpan.FromMinutes(1));
        await FillAllAsync();
        await AppendAsync(key, Time.Now);
        await AppendAsync(key, Time.Now.AddHours(-1));
        Time.Advance(TimeSpan.FromSeconds(1));
        await Store.Engine.WriteAsync(
            db => Storage.Directory.Erasure.WriteAsync(db, account.Id, Time.Now, Caller),
            Cancel
        );
        Guid? after = Guid.Empty;
        while (after is { } last)
        {
            after = await Store.Engine.WriteAsync(
                db => Storage.Directory.Erasure.ScrubAuditAsync(db, account.Id, last, 5),
                Cancel
            );
        }

        var read = await Store.Audit.ReadAsync(new AuditQuery { ApiKeyId = key, Limit = 100 }, Cancel);
        Assert.Equal(22, read.Count);
        Assert.All(read, entry => Assert.Equal("erased", entry.Caller.Network));
    }

    protected async Task AppendAsync(Guid key, DateTimeOffset at)
    {
        var name = $"{++names}";
        var entry = Entry(AuditEvent.Login, Accounts[key]) with { ApiKeyId = key, At = at, Detail = name };
        await Store.Audit.AppendAsync(entry, Cancel);
        written.Add((entry, name));
    }

    private async Task AssertAllThereAsync(Guid key, Chance chance)
    {
        foreach (
            var query in new[]
            {
                new AuditQuery { ApiKeyId = key },
                new AuditQuery { AccountId = Accounts[key] },
            }
        )
        {
            var expected = written.FindAll(row => row.Entry.ApiKeyId == key).ConvertAll(row => row.Name);
            Assert.Equal(expected.Order(), (await PagesAsync(query, 1 + chance.Next(9))).Order());
            var since = Time.Now.AddMinutes(-chance.Next(60));
            Assert.Equal(
                written
                    .FindAll(row => row.Entry.ApiKeyId == key && row.Entry.At >= since)
                    .ConvertAll(r => r.Name)
                    .Order(),
                (await PagesAsync(query with { Since = since }, 100)).Order()
            );
        }
    }

    // As a page asks: each part goes on where the one before ended, and each is in its order.
    private async Task<List<string>> PagesAsync(AuditQuery query, int size)
    {
        var (all, last) = (new List<AuditEntry>(), (Guid?)null);
        IReadOnlyList<AuditEntry> page;
        do
        {
            page = await Store.Audit.ReadAsync(query with { Limit = size, Before = last }, Cancel);
            all.AddRange(page);
            last = page.Count > 0 ? page[^1].Id : last;
        } while (page.Count == size);

        Assert.Equal(all.Select(entry => entry.Id).OrderDescending(), all.Select(entry => entry.Id));
        return all.ConvertAll(entry => entry.Detail!);
    }

    protected Task FillAllAsync() => Fills.AllAsync();

    private string Literal(Guid id) =>
        string.Create(CultureInfo.InvariantCulture, $"{(Database.Embedded ? "x'" : "'\\x")}{id:n}'");
}

public sealed class Indexes_on_SQLite(SqliteDatabase database) : IndexTests(database), IClassFixture<SqliteDatabase>
{
    [Fact]
    public async Task A_new_store_has_none_of_the_indexes_that_the_runs_replace_and_an_older_one_keeps_them_for_a_day()
    {
        var fresh = await Database.CreateAsync();
        await using var another = Store.Open(new StoreOptions { ConnectionString = fresh }, Time, RandomSource.System);
        await another.Migrations.ApplyAsync(Cancel);
        await StepsAsync(new IndexFill(another.Engine, IndexSource.Audit, Time));
        Assert.Equal(0, await OldAsync(fresh));

        var older = await Database.CreateAsync();
        await using var store = Store.Open(new StoreOptions { ConnectionString = older }, Time, RandomSource.System);
        await new FirstVersion(store.Engine).CreateAsync(Cancel);
        Time.Advance(TimeSpan.FromSeconds(1));
        await store.Migrations.ApplyAsync(Cancel);
        var fill = new IndexFill(store.Engine, IndexSource.Audit, Time);
        await StepsAsync(fill);
        Assert.Equal(2, await OldAsync(older));
        Assert.False((await store.Engine.ReadAsync(IndexSource.Audit.StateAsync, Cancel)).Complete);

        Time.Advance(TimeSpan.FromHours(25));
        await StepsAsync(fill);
        Assert.Equal(0, await OldAsync(older));
    }

    private static async Task StepsAsync(IndexFill fill)
    {
        for (var i = 0; i < 3; i++)
        {
            await fill.StepAsync(Cancel);
        }
    }

    private Task<long> OldAsync(string connectionString) =>
        Database.NumberAsync(
            "SELECT COUNT(*) FROM sqlite_schema WHERE name IN ('audit_of_account', 'audit_of_api_key')",
            connectionString
        );
}

public sealed class Indexes_on_PostgreSQL(PostgresDatabase database)
    : IndexTests(database),
        IClassFixture<PostgresDatabase>
{
    [Fact]
    public async Task A_commit_that_began_before_the_bound_was_told_is_waited_for()
    {
        var account = NewId();
        await FillAllAsync();
        for (var i = 0; i < 10; i++)
        {
            await Store.Audit.AppendAsync(Entry(AuditEvent.Login, account), Cancel);
        }

        var (began, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        var slow = Store.Engine.WriteAsync(
            async db =>
            {
                await Turnstone.Storage.Audit.AuditRow.AppendAsync(db, Entry(AuditEvent.SessionRevoked, account));
                began.TrySetResult();
                await goOn.Task;
                return true;
            },
            Cancel
        );
        await began.Task;
        Time.Advance(TimeSpan.FromSeconds(30));
        var fill = new IndexFill(Store.Engine, IndexSource.Audit, Time, 5);
        for (var i = 0; i < 5; i++)
        {
            await fill.StepAsync(Cancel);
        }

        Assert.Equal(10, (await Store.Audit.ReadAsync(new AuditQuery { AccountId = account }, Cancel)).Count);
        goOn.SetResult();
        await slow;
        Assert.Equal(11, (await Store.Audit.ReadAsync(new AuditQuery { AccountId = account }, Cancel)).Count);
        while (await fill.StepAsync(Cancel)) { }
        Assert.True((await Store.Engine.ReadAsync(IndexSource.Audit.StateAsync, Cancel)).NextRun > 1);
        Assert.Equal(11, (await Store.Audit.ReadAsync(new AuditQuery { AccountId = account }, Cancel)).Count);
    }

    [Fact]
    public async Task A_transaction_in_another_database_of_the_server_is_not_waited_for()
    {
        await using var other = new NpgsqlConnection(await Database.CreateAsync());
        await other.OpenAsync(Cancel);
        await using var transaction = await other.BeginTransactionAsync(Cancel);
        await using var command = new NpgsqlCommand("SELECT pg_current_xact_id()::text", other);
        await command.ExecuteScalarAsync(Cancel);
        var key = NewId();
        Accounts[key] = NewId();
        await FillAllAsync();
        var before = await Store.Engine.ReadAsync(IndexSource.Audit.StateAsync, Cancel);
        for (var i = 0; i < 10; i++)
        {
            await AppendAsync(key, Time.Now);
        }

        Time.Advance(TimeSpan.FromSeconds(30));
        await FillAllAsync();

        var after = await Store.Engine.ReadAsync(IndexSource.Audit.StateAsync, Cancel);
        Assert.True(after.NextRun > before.NextRun);
    }
}
