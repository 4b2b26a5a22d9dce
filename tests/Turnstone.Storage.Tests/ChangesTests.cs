using System.Collections.Concurrent;
using Turnstone.Model;
using Turnstone.Sessions;

namespace Turnstone.Storage.Tests;

public abstract class ChangesTests(TestDatabase database) : StoreTest(database)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task A_change_is_heard_in_this_process_by_the_time_its_call_returns()
    {
        var session = await GivenSessionAsync();
        var heard = new ConcurrentBag<ChangeKind>();
        using (Store.Changes.Subscribe(change => heard.Add(change.Kind)))
        {
            await Store.Sessions.EndAsync(session.Id, RevocationReason.Logout, Entry(), Cancel);
            Assert.Contains(ChangeKind.Revocations, heard);
            await GivenClientAsync();
            Assert.Contains(ChangeKind.Directory, heard);
            await Store.SigningKeys.RemoveAsync("none", Cancel);
            Assert.Contains(ChangeKind.SigningKeys, heard);
        }
    }

    [Fact]
    public async Task Whoever_remembers_the_directory_hears_of_each_change_of_it()
    {
        var account = (await GivenAccountAsync()).Id;
        var client = (await GivenClientAsync()).Id;
        var subscription = await GivenSubscriptionAsync();
        var key = await GivenApiKeyAsync();
        var successor = NewApiKey(key.AccountId);
        Func<Task>[] changes =
        [
            () => GivenClientAsync(),
            () => GivenApiKeyAsync(),
            () =>
                Store.ApiKeys.RollAsync(
                    key with
                    {
                        SuccessorId = successor.Id,
                        OverlapEndsAt = Time.Now.AddDays(1),
                    },
                    successor,
                    Entry(),
                    Cancel
                ),
            () => GivenProductAsync(),
            () => Store.Subscriptions.SaveAsync(subscription, Entry(), Cancel),
            () => EndAllAsync(SessionHolder.Account(account)),
            () => EndAllAsync(SessionHolder.Client(client)),
        ];
        foreach (var change in changes)
        {
            var heard = new ConcurrentBag<ChangeKind>();
            using var listening = Store.Changes.Subscribe(told => heard.Add(told.Kind));
            await change();
            Assert.Contains(ChangeKind.Directory, heard);
        }
    }

    [Fact]
    public async Task Whoever_has_gone_hears_nothing()
    {
        var heard = new ConcurrentBag<ChangeKind>();
        Store.Changes.Subscribe(change => heard.Add(change.Kind)).Dispose();

        await GivenClientAsync();

        Assert.Empty(heard);
    }

    [Fact]
    public async Task A_reuse_is_heard_as_a_revocation()
    {
        var session = await GivenSessionAsync();
        await RefreshAsync(session, 0);
        await RefreshAsync(session, 1);
        var heard = new ConcurrentBag<ChangeKind>();
        using var listening = Store.Changes.Subscribe(change => heard.Add(change.Kind));

        await RefreshAsync(session, 0);

        Assert.Contains(ChangeKind.Revocations, heard);
    }

    [Fact]
    public async Task A_change_made_by_another_node_is_heard()
    {
        await using var other = Database.Open();
        using var heard = new SemaphoreSlim(0);
        using var listening = Store.Changes.Subscribe(change =>
        {
            if (change.Kind is ChangeKind.Revocations)
            {
                heard.Release();
            }
        });

        // When it begins to listen a node is told once that everything may have changed: that is one of three.
        for (var i = 0; i < 3; i++)
        {
            var session = await GivenSessionAsync();
            await other.Sessions.EndAsync(session.Id, RevocationReason.Logout, Entry(), Cancel);
            Assert.True(await heard.WaitAsync(Deadline, Cancel));
        }
    }

    [Fact]
    public async Task A_listener_that_fails_keeps_nothing_from_anyone()
    {
        using var failing = Store.Changes.Subscribe(_ => throw new InvalidOperationException());
        var heard = new ConcurrentBag<ChangeKind>();
        using var listening = Store.Changes.Subscribe(change => heard.Add(change.Kind));

        await GivenClientAsync();

        Assert.Contains(ChangeKind.Directory, heard);
    }

    private Task<Receipt> EndAllAsync(SessionHolder holder) =>
        Store.Sessions.EndAllAsync(holder, RevocationReason.ByOperator, Entry(), Cancel);
}

public sealed class Changes_on_SQLite(SqliteDatabase database) : ChangesTests(database), IClassFixture<SqliteDatabase>;

public sealed class Changes_on_PostgreSQL(PostgresDatabase database)
    : ChangesTests(database),
        IClassFixture<PostgresDatabase>;
