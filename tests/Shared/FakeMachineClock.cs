using Microsoft.Extensions.Time.Testing;

namespace Turnstone.Testing;

/// <summary>
/// A fake clock for whole servers and stores, which behaves as a machine's does where <see cref="FakeTimeProvider"/>
/// does not. Timers are real: background loops and deadlines must go on while a test waits for an answer, and must not
/// run a million times when it moves the clock by months. Durations only grow, also when the time of day is set back.
/// </summary>
public sealed class FakeMachineClock(DateTimeOffset start) : FakeTimeProvider(start)
{
    private long setBack;

    public FakeMachineClock()
        : this(new DateTimeOffset(2026, 1, 5, 12, 0, 0, TimeSpan.Zero)) { }

    public void SetBack(TimeSpan by)
    {
        Interlocked.Add(ref setBack, by.Ticks);
        AdjustTime(GetUtcNow() - by);
    }

    public override long GetTimestamp() => base.GetTimestamp() + Interlocked.Read(ref setBack);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        System.CreateTimer(callback, state, dueTime, period);
}
