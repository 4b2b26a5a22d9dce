using Turnstone.Storage.Postgres;

namespace Turnstone.Storage.Tests;

/// <summary>How long a transaction may take, on timers that the test moves.</summary>
public sealed class DeadlineTests
{
    private readonly MovedTimers time = new();

    [Fact]
    public void It_is_over_after_six_seconds()
    {
        using var patience = new Deadline(time);
        time.Advance(TimeSpan.FromSeconds(5.9));
        Assert.False(patience.IsOver);
        time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.True(patience.IsOver);
    }

    [Fact]
    public async Task Whoever_is_told_too_late_before_the_commit_is_told_the_truth_and_nothing_is_committed()
    {
        using var deadline = new Deadline(time);
        var answer = deadline.InTimeAsync(new TaskCompletionSource().Task);
        time.Advance(TimeSpan.FromSeconds(6));

        Assert.False((await Assert.ThrowsAsync<StoreUnavailableException>(() => answer)).OutcomeUnknown);
        Assert.Throws<StoreUnavailableException>(deadline.BeginCommit);
    }

    [Fact]
    public async Task Whoever_is_told_too_late_during_the_commit_is_told_that_its_outcome_is_unknown()
    {
        using var deadline = new Deadline(time);
        var answer = deadline.InTimeAsync(new TaskCompletionSource().Task);
        deadline.BeginCommit();
        time.Advance(TimeSpan.FromSeconds(6));

        Assert.True((await Assert.ThrowsAsync<StoreUnavailableException>(() => answer)).OutcomeUnknown);
    }

    [Fact]
    public async Task A_commit_that_ended_is_not_unknown()
    {
        using var deadline = new Deadline(time);
        var answer = deadline.InTimeAsync(new TaskCompletionSource().Task);
        deadline.BeginCommit();
        deadline.EndCommit();
        time.Advance(TimeSpan.FromSeconds(6));

        Assert.False((await Assert.ThrowsAsync<StoreUnavailableException>(() => answer)).OutcomeUnknown);
    }

    private sealed class MovedTimers : TimeProvider
    {
        private readonly List<MovedTimer> timers = [];
        private TimeSpan now;

        public void Advance(TimeSpan by)
        {
            now += by;
            timers.ForEach(timer => timer.Fire(now));
        }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = new MovedTimer(() => now, () => callback(state));
            timer.Change(dueTime, period);
            timers.Add(timer);
            return timer;
        }
    }

    private sealed class MovedTimer(Func<TimeSpan> now, Action callback) : ITimer
    {
        private TimeSpan? due;

        public void Fire(TimeSpan at)
        {
            if (due <= at)
            {
                due = null;
                callback();
            }
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            due = dueTime == Timeout.InfiniteTimeSpan ? null : now() + dueTime;
            return true;
        }

        public void Dispose() => due = null;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
