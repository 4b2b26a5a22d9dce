using Turnstone.Audit;
using Turnstone.Model;
using Turnstone.Storage.Blocks;
using Turnstone.Storage.Engines;
using Turnstone.Storage.Tests.Indexes;
using Turnstone.Tokens.Keys;

namespace Turnstone.Storage.Tests.Audit;

/// <summary>
/// What is found in blocks and beside them is all that there is at every moment: before it is sealed and after it,
/// after blocks were merged, indexed and removed, and after a process was killed in between.
/// </summary>
public abstract class SealedTests(TestDatabase database) : StoreTest(database), IAsyncLifetime
{
    private readonly List<(AuditEntry Entry, string Name)> written = [];
    private int names;

    /// <summary>The account of each key.</summary>
    protected Dictionary<Guid, Guid> Accounts { get; } = [];

    // So small that a few entries are enough for merged and indexed blocks.
    private static readonly BlockSizes Small = new()
    {
        Sealed = 5,
        Most = 6,
        Full = 4,
        Neighbours = 3,
        Group = 4,
    };

    private SealedLog Log => new(Store.Engine, RandomSource.System, Time, Small);

    private AuditSeal Seal => field ??= new(Log, Masters, RandomSource.System, Time);

    // As a server does: there is a key before anything is sealed.
    public async ValueTask InitializeAsync() => await SignAsync();

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Nothing_is_missing_at_any_moment(int seed)
    {
        var chance = new Chance(seed);
        List<Guid> keys = [.. Enumerable.Range(0, 5).Select(_ => NewId())];
        keys.ForEach(key => Accounts.Add(key, NewId()));
        for (var step = 0; step < 120; step++)
        {
            switch (chance.Next(10))
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
                    // Two that do not know of each other, as after a lead that was lost.
                    await Task.WhenAll(Log.SealAsync(Cancel), Log.SealAsync(Cancel));
                    break;
                case 8:
                    await Log.SealAsync(Cancel);
                    break;
                default:
                    await SignAsync();
                    break;
            }

            await AssertAllThereAsync(keys[chance.Next(keys.Count)], chance);
        }

        await Log.SealAsync(Cancel);
        await Task.WhenAll(keys.Select(key => AssertAllThereAsync(key, new Chance(seed))));
        Assert.Equal(0, await Database.RowsAsync("audit"));
        Assert.True(await Database.NumberAsync("SELECT COUNT(*) FROM audit_found") > 0);
        Assert.Empty((await InspectAsync()).Faults);
    }

    [Fact]
    public async Task After_a_sweep_neither_the_entries_nor_what_the_index_has_of_them_is_left()
    {
        var key = NewId();
        Accounts[key] = NewId();
        for (var i = 0; i < 60; i++)
        {
            await AppendAsync(key, Time.Now);
            Time.Advance(TimeSpan.FromSeconds(1));
            if (i % 4 == 3)
            {
                await Log.SealAsync(Cancel);
            }
        }

        var before = written[40].Entry.At;
        await SignAsync();
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(0, await SweepAsync(before));
        }

        // Nothing is removed before a checkpoint says that it is.
        await AssertAllThereAsync(key, new Chance(1));
        await SignAsync();
        while (await SweepAsync(before) > 0) { }

        var left = await PagesAsync(new AuditQuery { ApiKeyId = key }, 100);
        Assert.Equal(written.Skip(40).Select(row => row.Name).Order(), left.Where(IsKept).Order());
        Assert.InRange(left.Count, 20, 20 + Small.Most);
        Assert.Equal(
            0,
            await Database.NumberAsync(
                "SELECT COUNT(*) FROM audit_found f WHERE chain = 1 AND first + 16 < "
                    + "(SELECT MIN(first) FROM audit_blocks WHERE chain = 1)"
            )
        );
        Assert.Equal(await Database.RowsAsync("audit_blocks"), await Database.RowsAsync("audit_contents"));

        bool IsKept(string name) => written.FindIndex(row => row.Name == name) >= 40;
    }

    [Fact]
    public async Task What_is_merged_while_a_beginning_is_removed_begins_where_the_checkpoint_says()
    {
        var key = NewId();
        Accounts[key] = NewId();
        for (var i = 0; i < 30; i++)
        {
            await AppendAsync(key, Time.Now);
            Time.Advance(TimeSpan.FromSeconds(10));
            await SignAsync();

            // The one before the newest is over, and nothing was merged with it yet.
            await SweepAsync(Time.Now.AddSeconds(-15));
            Assert.Empty((await InspectAsync()).Faults);
        }

        // What is announced is removed once it is signed.
        await SignAsync();
        await SweepAsync(Time.Now.AddSeconds(-15));
        Assert.InRange((await Store.Audit.ReadAsync(new AuditQuery { ApiKeyId = key }, Cancel)).Count, 1, 10);
    }

    [Fact]
    public async Task Each_kind_is_kept_for_its_own_time()
    {
        var account = NewId();
        foreach (var what in new[] { AuditEvent.Login, AuditEvent.LoginFailed, AuditEvent.PasswordChanged })
        {
            await Store.Audit.AppendAsync(Entry(what, account), Cancel);
        }

        Time.Advance(TimeSpan.FromHours(1));
        await Log.SealAsync(Cancel);
        foreach (var chain in new[] { AuditChain.Logins, AuditChain.Refusals })
        {
            await SignAsync();
            await Store.Audit.SweepAsync(chain, Time.Now, 500, Cancel);
            await SignAsync();
            await Store.Audit.SweepAsync(chain, Time.Now, 500, Cancel);
        }

        var left = Assert.Single(await Store.Audit.ReadAsync(new AuditQuery { AccountId = account }, Cancel));
        Assert.Equal(AuditEvent.PasswordChanged, left.Event);
    }

    [Fact]
    public async Task Of_a_person_who_is_forgotten_nothing_is_left_in_blocks_and_beside_them_and_the_chain_holds()
    {
        var account = await GivenAccountAsync();
        var key = NewId();
        Accounts[key] = account.Id;
        for (var i = 0; i < 30; i++)
        {
            await AppendAsync(key, Time.Now);
        }

        await Store.Audit.AppendAsync(
            Entry(AuditEvent.PasswordChanged, account.Id) with
            {
                ApiKeyId = key,
                Detail = "of ada@example.test",
            },
            Cancel
        );
        await Log.SealAsync(Cancel);
        Assert.NotEmpty(await Store.Audit.ReadAsync(new AuditQuery { Network = Caller.Network }, Cancel));
        await AppendAsync(key, Time.Now);
        await AppendAsync(key, Time.Now.AddHours(-1));
        Time.Advance(TimeSpan.FromSeconds(1));
        await Store.Engine.WriteAsync(
            db => Storage.Directory.Erasure.WriteAsync(db, account.Id, Time.Now, Caller.Operator),
            Cancel
        );

        // A node that seals before the scrubbing of what waits has come so far writes nothing of it either.
        await Log.SealAsync(Cancel);

        var read = await Store.Audit.ReadAsync(new AuditQuery { ApiKeyId = key, Limit = 100 }, Cancel);
        Assert.Equal(33, read.Count);
        Assert.All(
            read,
            entry =>
            {
                Assert.Equal(Caller.Erased.Network, entry.Caller.Network);
                Assert.Null(entry.Caller.UserAgent);
                Assert.True(entry.Detail is null || entry.Event == AuditEvent.Login);
            }
        );
        Assert.DoesNotContain(
            await Store.Audit.ReadAsync(new AuditQuery { Network = Caller.Network, Limit = 1000 }, Cancel),
            entry => entry.AccountId == account.Id
        );
        Assert.Empty((await InspectAsync()).Faults);
    }

    [Fact]
    public async Task What_waits_while_a_person_is_forgotten_is_scrubbed()
    {
        var account = await GivenAccountAsync();
        var key = NewId();
        Accounts[key] = account.Id;
        await AppendAsync(key, Time.Now);
        Time.Advance(TimeSpan.FromSeconds(1));
        await Store.Engine.WriteAsync(
            db => Storage.Directory.Erasure.WriteAsync(db, account.Id, Time.Now, Caller.Operator),
            Cancel
        );
        await Store.Engine.WriteAsync(
            db => Storage.Directory.Erasure.ScrubAuditAsync(db, account.Id, Guid.Empty, 5),
            Cancel
        );

        var read = await Store.Audit.ReadAsync(new AuditQuery { ApiKeyId = key }, Cancel);
        Assert.Equal(Caller.Erased.Network, Assert.Single(read).Caller.Network);
    }

    [Fact]
    public async Task A_name_that_several_persons_use_for_their_programs_has_a_number_and_a_persons_own_has_none()
    {
        var own = $"robot of {NewId()}";
        var shared = $"sdk/{NewId()}";
        var log = Log;
        for (var i = 0; i < 6; i++)
        {
            var account = NewId();
            await Store.Audit.AppendAsync(
                Entry(AuditEvent.Login, account) with
                {
                    Caller = new Caller("2001:db8::1", i == 0 ? own : shared),
                },
                Cancel
            );
            await log.SealAsync(Cancel);
            var read = Assert.Single(await Store.Audit.ReadAsync(new AuditQuery { AccountId = account }, Cancel));
            Assert.Equal(new Caller("2001:db8::1", i == 0 ? own : shared), read.Caller);
        }

        var agents = await Store.Engine.ReadAsync(AgentNumbers.ReadAsync, Cancel);
        Assert.NotNull(agents.Find(shared));
        Assert.Null(agents.Find(own));
    }

    private static MasterKeyRing Masters { get; } =
        new(new MasterKey([.. Enumerable.Range(0, 32).Select(i => (byte)i)]));

    // What is signed by one is signed by another too, that remembers nothing.
    private async Task SignAsync()
    {
        var other = new AuditSeal(Log, Masters, RandomSource.System, Time);
        foreach (var seal in new[] { Seal, other })
        {
            await seal.SealAsync(_ => Time.Now, Cancel);
            Assert.Empty(seal.Faults);
            Assert.Null(seal.PutBack);
        }
    }

    private Task<int> SweepAsync(DateTimeOffset before) =>
        Store.Audit.SweepAsync(AuditChain.Logins, before, 10, Cancel);

    private async Task<AuditInspection> InspectAsync() =>
        await Log.InspectAsync(await Log.StateAsync(Cancel), [], Cancel);

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
}

public sealed class Sealed_on_SQLite(SqliteDatabase database) : SealedTests(database), IClassFixture<SqliteDatabase>;

public sealed class Sealed_on_PostgreSQL(PostgresDatabase database)
    : SealedTests(database),
        IClassFixture<PostgresDatabase>;
