using System.Collections.Concurrent;
using Microsoft.Extensions.Time.Testing;
using Turnstone.Credentials.Passwords;
using Turnstone.Model;

namespace Turnstone.Tests.Credentials.Passwords;

public sealed class PasswordLaneTests : IDisposable
{
    // It does not move: nothing is begun a second time, however busy the machine is.
    private readonly FakeTimeProvider standing = new();
    private readonly PasswordLane lane;
    private readonly ManualResetEventSlim gate = new();

    public PasswordLaneTests() => lane = new(new PasswordLaneSettings { Width = 2, Queue = 3 }, standing);

    private static LaneShare Share { get; } = LaneShare.Of(Caller.Operator, "ADA@EXAMPLE.TEST");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_answers_what_the_work_answered()
    {
        Assert.True((await lane.RunAsync(Share, () => "done", Cancel)).Granted(out var value, out _));
        Assert.Equal("done", value);
    }

    [Fact]
    public async Task What_the_work_throws_reaches_the_one_who_waits_and_the_lane_goes_on()
    {
        await Assert.ThrowsAsync<FormatException>(() =>
            lane.RunAsync<string>(Share, () => throw new FormatException(), Cancel)
        );
        Assert.Null((await lane.RunAsync(Share, () => "done", Cancel)).Refusal);
    }

    [Fact]
    public async Task Never_more_than_its_width_runs_at_once()
    {
        var (running, most) = (0, 0);
        var runs = new List<Task<Outcome<string>>>();
        using var wide = new PasswordLane(new PasswordLaneSettings { Width = 2, Queue = 100 }, standing);
        for (var i = 0; i < 100; i++)
        {
            runs.Add(
                wide.RunAsync(
                    Share,
                    () =>
                    {
                        var now = Interlocked.Increment(ref running);
                        InterlockedMax(ref most, now);
                        Thread.Yield();
                        Interlocked.Decrement(ref running);
                        return "done";
                    },
                    Cancel
                )
            );
        }

        Assert.All(await Task.WhenAll(runs), run => Assert.Null(run.Refusal));
        Assert.InRange(most, 1, 2);
    }

    [Fact]
    public async Task When_the_queue_is_full_the_next_is_refused_at_once_with_a_time_to_retry()
    {
        var running = await FillAsync();

        var refused = lane.RunAsync(Share, () => "never", Cancel);

        Assert.True(refused.IsCompleted);
        Assert.Equal(RefusalCode.Unavailable, (await refused).Refusal?.Code);
        Assert.InRange((await refused).Refusal?.RetryAfterSeconds ?? 0, 1, 10);
        gate.Set();
        Assert.All(await Task.WhenAll(running), run => Assert.Null(run.Refusal));
        Assert.Null((await lane.RunAsync(Share, () => "again", Cancel)).Refusal);
    }

    [Fact]
    public async Task It_takes_no_thread_of_the_pool()
    {
        var pooled = await lane.RunAsync(Share, () => Thread.CurrentThread.IsThreadPoolThread ? "pool" : "own", Cancel);
        Assert.True(pooled.Granted(out var where, out _));
        Assert.Equal("own", where);
    }

    [Fact]
    public async Task Its_threads_run_behind_those_that_serve_requests()
    {
        // proc(5): the forty-first field of a thread's stat is its policy, 5 for SCHED_IDLE; the name before it may
        // hold spaces.
        static string Policy() => File.ReadAllText("/proc/thread-self/stat").Split(") ")[^1].Split(' ')[38];

        Assert.True(
            (
                await lane.RunAsync(
                    Share,
                    () => OperatingSystem.IsLinux() ? Policy() : $"{Thread.CurrentThread.Priority}",
                    Cancel
                )
            ).Granted(out var own, out _)
        );
        var others = await Task.Run(
            () => OperatingSystem.IsLinux() ? Policy() : $"{Thread.CurrentThread.Priority}",
            Cancel
        );
        Assert.Equal(OperatingSystem.IsLinux() ? ("5", "0") : ("BelowNormal", "Normal"), (own, others));
    }

    /// <summary>Other programs leave its threads no CPU: they stand still in the middle of their work.</summary>
    [Fact]
    public async Task What_stands_still_is_begun_again_by_a_thread_of_ordinary_priority_and_so_is_what_waits_behind_it()
    {
        var clock = new FakeTimeProvider();
        using var narrow = new PasswordLane(new PasswordLaneSettings { Width = 1, Queue = 2 }, clock);
        var threads = new ConcurrentQueue<string?>();
        using var begun = new SemaphoreSlim(0);
        var late = narrow.RunAsync(
            Share,
            () =>
            {
                var own = Thread.CurrentThread.Name;
                threads.Enqueue(own);

                // Asked before the test goes on, which has the second one begin.
                var first = threads.Count == 1;
                begun.Release();
                if (first)
                {
                    gate.Wait();
                }

                return own!;
            },
            Cancel
        );
        await begun.WaitAsync(Cancel);
        var behind = narrow.RunAsync(Share, () => Thread.CurrentThread.Name!, Cancel);

        clock.Advance(TimeSpan.FromMilliseconds(999));
        Assert.False(late.IsCompleted || behind.IsCompleted);
        clock.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal("late passwords", Granted(await late));
        Assert.Equal("late passwords", Granted(await behind));
        Assert.Equal(["passwords 1", "late passwords"], threads);

        // Who comes while it still stands waits a second at most.
        var next = narrow.RunAsync(Share, () => Thread.CurrentThread.Name!, Cancel);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("late passwords", Granted(await next));
        gate.Set();
    }

    [Fact]
    public async Task Work_whose_caller_has_gone_is_not_begun()
    {
        var running = await FillAsync(queued: 0);
        using var gone = new CancellationTokenSource();
        var begun = false;
        var waiting = lane.RunAsync(
            Share,
            () =>
            {
                begun = true;
                return "done";
            },
            gone.Token
        );
        await gone.CancelAsync();
        gate.Set();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        await Task.WhenAll(running);
        Assert.False(begun);
    }

    [Fact]
    public async Task Closing_finishes_what_waits_and_refuses_what_comes_after()
    {
        var running = await FillAsync();
        gate.Set();
        lane.Dispose();

        Assert.All(await Task.WhenAll(running), run => Assert.Null(run.Refusal));
        Assert.Equal(RefusalCode.Unavailable, (await lane.RunAsync(Share, () => "late", Cancel)).Refusal?.Code);
    }

    public void Dispose()
    {
        gate.Set();
        lane.Dispose();
        gate.Dispose();
    }

    private static string Granted(Outcome<string> run) =>
        run.Granted(out var answer, out var refusal) ? answer : throw new InvalidOperationException($"{refusal}");

    /// <summary>Occupies both threads, which then stand at the gate, and so many places in the queue.</summary>
    private async Task<List<Task<Outcome<string>>>> FillAsync(int queued = 3)
    {
        var runs = new List<Task<Outcome<string>>>();
        for (var i = 0; i < 2; i++)
        {
            var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            runs.Add(
                lane.RunAsync(
                    Share,
                    () =>
                    {
                        begun.SetResult();
                        gate.Wait();
                        return "done";
                    },
                    Cancel
                )
            );
            await begun.Task;
        }

        runs.AddRange(Enumerable.Range(0, queued).Select(_ => lane.RunAsync(Share, () => "done", Cancel)));
        return runs;
    }

    private static void InterlockedMax(ref int most, int now)
    {
        int seen;
        while ((seen = Volatile.Read(ref most)) < now && Interlocked.CompareExchange(ref most, now, seen) != seen) { }
    }
}
