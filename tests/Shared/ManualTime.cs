namespace Turnstone.Testing;

/// <summary>
/// A clock that stands until it is moved. The time of day can be set back; durations, as everywhere, only grow. Timers
/// run on the real clock.
/// </summary>
public sealed class ManualTime(DateTimeOffset start) : TimeProvider
{
    private long ticks = start.UtcTicks;
    private long passed;

    public ManualTime()
        : this(new DateTimeOffset(2026, 1, 5, 12, 0, 0, TimeSpan.Zero)) { }

    public DateTimeOffset Now => GetUtcNow();

    public override DateTimeOffset GetUtcNow() => new(Interlocked.Read(ref ticks), TimeSpan.Zero);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Interlocked.Read(ref passed);

    public void Advance(TimeSpan by)
    {
        Interlocked.Add(ref ticks, by.Ticks);
        Interlocked.Add(ref passed, Math.Max(0, by.Ticks));
    }
}
