using System.Diagnostics;
using Turnstone.Sessions;

namespace Turnstone.Storage.Tests;

public abstract class OverloadTests(TestDatabase database) : StoreTest(database)
{
    [Fact]
    public async Task A_full_queue_refuses_at_once_and_what_was_taken_in_is_answered()
    {
        var sessions = await Task.WhenAll(Enumerable.Range(0, 2000).Select(_ => GivenSessionAsync()));
        await using var small = Database.Open(queueCapacity: 50);
        await small.PingAsync(Cancel);
        List<Task<RotationDecision>> waiting = [];
        List<Task<RotationDecision>> refused = [];
        await using (await Database.BlockWritesAsync())
        {
            foreach (var session in sessions)
            {
                var refresh = RefreshAsync(session, 0, small);
                (refresh.IsFaulted ? refused : waiting).Add(refresh);
            }

            Assert.True(small.QueueDepth <= small.QueueCapacity);
        }

        Assert.NotEmpty(refused);
        foreach (var refresh in refused)
        {
            var reason = await Assert.ThrowsAsync<StoreUnavailableException>(() => refresh);
            Assert.Equal(UnavailableCause.QueueFull, reason.Cause);
            Assert.True(reason.RetryAfter > TimeSpan.Zero);
        }

        Assert.All(await Task.WhenAll(waiting), decision => Assert.Equal(RotationKind.Advance, decision.Kind));
    }

    [Fact]
    public async Task A_store_that_stays_locked_is_unavailable_in_bounded_time_and_serves_again_after()
    {
        var session = await GivenSessionAsync();
        await using var store = Database.Open();
        await using (await Database.BlockWritesAsync())
        {
            var began = Stopwatch.GetTimestamp();
            await Assert.ThrowsAsync<StoreUnavailableException>(() => RefreshAsync(session, 0, store));
            Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(15));
        }

        Assert.Equal(RotationKind.Advance, (await RefreshAsync(session, 0, store)).Kind);
    }

    [Fact]
    public async Task Who_no_longer_waits_is_not_served()
    {
        var session = await GivenSessionAsync();
        using var gone = new CancellationTokenSource();
        await gone.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            Store.Sessions.RotateAsync(Attempt(session, 0), Alarm, gone.Token)
        );

        Assert.Equal(0u, (await Store.Sessions.FindAsync(session.Id, Cancel))!.Generation);
    }
}

public sealed class Overload_on_SQLite(SqliteDatabase database)
    : OverloadTests(database),
        IClassFixture<SqliteDatabase>;

public sealed class Overload_on_PostgreSQL(PostgresDatabase database)
    : OverloadTests(database),
        IClassFixture<PostgresDatabase>;
