using Turnstone.AspNetCore.Feed;

namespace Turnstone.Server.Tests.Guards.Following;

/// <summary>
/// Time that passes only by waiting: whoever waits for the next question is woken at once, and then it is as late as
/// they waited for. Nobody waits for longer.
/// </summary>
internal sealed class JumpingTime : TimeProvider
{
    private long now;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddTicks(GetTimestamp());

    public override long GetTimestamp() => Interlocked.Read(ref now);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime > FeedAttempts.Pace)
        {
            return new StillTimer();
        }

        var due = GetTimestamp() + dueTime.Ticks;
        return System.CreateTimer(Jump, state: null, TimeSpan.Zero, Timeout.InfiniteTimeSpan);

        void Jump(object? _)
        {
            for (var seen = GetTimestamp(); seen < due; seen = GetTimestamp())
            {
                Interlocked.CompareExchange(ref now, due, seen);
            }

            callback(state);
        }
    }
}
