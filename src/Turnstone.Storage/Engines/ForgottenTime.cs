namespace Turnstone.Storage.Engines;

/// <summary>
/// When the store last turned out to lack what had been committed in it: it was put back, or a failover went to a
/// standby that was behind.
/// </summary>
internal sealed class ForgottenTime(TimeProvider time)
{
    private long ticks;

    public DateTimeOffset? At =>
        Interlocked.Read(ref ticks) is > 0 and var at ? new DateTimeOffset(at, TimeSpan.Zero) : null;

    public void Note() => Interlocked.Exchange(ref ticks, time.GetUtcNow().UtcTicks);
}
