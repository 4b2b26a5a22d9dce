using Turnstone.AspNetCore.Feed;

namespace Turnstone.Server.Tests.Guards.Following;

/// <summary>
/// The clocks of a guard's machine, as a test sets them. The wait before a question is over at once, and the one for
/// an answer or a word never: the test answers.
/// </summary>
internal sealed class TwoClocks(DateTimeOffset start) : TimeProvider
{
    private DateTimeOffset wall = start;
    private long stamp;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => wall;

    public override long GetTimestamp() => Volatile.Read(ref stamp);

    public void Advance(double seconds)
    {
        Volatile.Write(ref stamp, stamp + TimeSpan.FromSeconds(seconds).Ticks);
        Set(seconds);
    }

    /// <summary>Somebody sets the clock, or the machine was suspended: the other clock has stood still.</summary>
    public void Set(double seconds) => wall += TimeSpan.FromSeconds(seconds);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        dueTime < FeedAttempts.Pace
            ? System.CreateTimer(callback, state, TimeSpan.Zero, Timeout.InfiniteTimeSpan)
            : new StillTimer();
}
