namespace Turnstone.Storage;

/// <summary>
/// The time that the nodes of a database have in common: this machine's own, or the database's where the two are more
/// than a second apart (ADR 0023). Until the database's clock was read, and where it has none, this machine's. Between
/// two readings it goes on by the time since the start, so a machine's clock that jumps is noticed at once.
/// </summary>
public sealed class DatabaseTime(TimeProvider machine) : TimeProvider
{
    /// <summary>
    /// Less than what nodes may differ by (10 s: <see cref="Model.AccessTokenLimits.Skew"/>, and the windows for a
    /// retry), and more than a reading can be wrong by.
    /// </summary>
    internal static readonly TimeSpan Followed = TimeSpan.FromSeconds(1);

    private volatile Reading? last;

    /// <summary>How far this machine's clock is ahead of the database's; zero where that is not known.</summary>
    public TimeSpan Ahead => last is { } read ? machine.GetUtcNow() - After(read) : TimeSpan.Zero;

    public override long TimestampFrequency => machine.TimestampFrequency;

    public override TimeZoneInfo LocalTimeZone => machine.LocalTimeZone;

    public override DateTimeOffset GetUtcNow()
    {
        var own = machine.GetUtcNow();
        if (last is not { } read)
        {
            return own;
        }

        var theirs = After(read);
        return (own - theirs).Duration() > Followed ? theirs : own;
    }

    public override long GetTimestamp() => machine.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        machine.CreateTimer(callback, state, dueTime, period);

    /// <summary>The database's clock, read at some moment since a timestamp: taken for the middle of the two.</summary>
    internal void Heard(DateTimeOffset theirs, long asked)
    {
        var took = machine.GetElapsedTime(asked);

        // A slow answer says less than an older quick one.
        if (last is null || took < Followed)
        {
            last = new(theirs + (took / 2), machine.GetTimestamp());
        }
    }

    private DateTimeOffset After(Reading read) => read.At + machine.GetElapsedTime(read.Timestamp);

    private sealed record Reading(DateTimeOffset At, long Timestamp);
}
