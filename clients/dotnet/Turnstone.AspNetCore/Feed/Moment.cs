namespace Turnstone.AspNetCore.Feed;

/// <summary>
/// A moment by both clocks of this machine: the one that nobody sets stands still while the machine is suspended, the
/// other may be set.
/// </summary>
internal sealed class Moment(TimeProvider time)
{
    private readonly long stamp = time.GetTimestamp();
    private readonly DateTimeOffset wall = time.GetUtcNow();

    /// <summary>How many milliseconds ago it was at most.</summary>
    public double Age =>
        Math.Max(time.GetElapsedTime(stamp).TotalMilliseconds, (time.GetUtcNow() - wall).TotalMilliseconds);
}
