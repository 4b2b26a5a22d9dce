using Turnstone.AspNetCore.Feed;

namespace Turnstone.Server.Tests.Guards.Following;

/// <summary>
/// Time that passes only by waiting: whoever waits for the next question is woken at once, and then it is as late as
/// they waited for. Nobody waits for longer.
/// </summary>
internal sealed class JumpingTime : TimeProvider
{
    private readonly Lock gate = new();
    private long now;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddTicks(GetTimestamp());

    public override long GetTimestamp()
    {
        lock (gate)
        {
            return now;
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        dueTime > FeedAttempts.Pace
            ? new StillTimer()
            : new Jump(this, GetTimestamp() + dueTime.Ticks, () => callback(state));

    /// <summary>Once it is disposed of, no time passes by it any more.</summary>
    private sealed class Jump : ITimer
    {
        private readonly JumpingTime time;
        private bool disposed;

        public Jump(JumpingTime time, long due, Action then)
        {
            this.time = time;
            _ = Task.Run(() =>
            {
                lock (time.gate)
                {
                    if (disposed)
                    {
                        return;
                    }

                    time.now = Math.Max(time.now, due);
                }

                then();
            });
        }

        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
            lock (time.gate)
            {
                disposed = true;
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
