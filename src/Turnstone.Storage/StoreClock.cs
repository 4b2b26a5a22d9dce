using Turnstone.Storage.Audit;
using Turnstone.Storage.Engines;

namespace Turnstone.Storage;

/// <summary>
/// Compares this machine's clock with the database's, where that has one of its own. An embedded database has this
/// machine's: there the time of day has to go as evenly as the time since the start, and at the start it has to follow
/// on the newest entry of the record. A machine that slept or was off looks like one whose clock was set forward, so
/// after a day in which the clock goes evenly it is believed.
/// </summary>
internal sealed class StoreClock(Engine engine, DatabaseTime time) : IStoreClock
{
    /// <summary>
    /// Machines that keep time by NTP differ by milliseconds. Nothing is removed sooner than a day after its end, so
    /// what is less than this is harmless.
    /// </summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long nothing may have been recorded before a start: no more than the shortest time for which something dead
    /// is kept.
    /// </summary>
    private static readonly TimeSpan LongestRest = TimeSpan.FromDays(1);

    private static readonly TimeSpan Probation = TimeSpan.FromDays(1);

    private readonly Lock guard = new();
    private Reading? believed;
    private long? doubtedSince;

    private (bool Read, DateTimeOffset? At) newest;

    public async Task<bool> IsRightAsync(CancellationToken cancellationToken)
    {
        var asked = time.GetTimestamp();
        if (await engine.ClockAsync(cancellationToken) is { } theirs)
        {
            time.Heard(theirs, asked);
            return time.Ahead.Duration() <= Tolerance;
        }

        var last = believed is null ? await NewestAsync(cancellationToken) : null;
        lock (guard)
        {
            return Judge(last);
        }
    }

    private bool Judge(DateTimeOffset? last)
    {
        var now = new Reading(time.GetUtcNow(), time.GetTimestamp());
        var late = believed is { } then
            ? now.At - then.At - time.GetElapsedTime(then.Timestamp, now.Timestamp) > Tolerance
            : now.At - last > LongestRest;
        if (!late || (doubtedSince is { } since && time.GetElapsedTime(since, now.Timestamp) >= Probation))
        {
            (believed, doubtedSince) = (now, null);
            return true;
        }

        doubtedSince ??= now.Timestamp;
        return false;
    }

    // Read once, before anything is recorded by this process: its entries bear the time that may be in doubt.
    private async Task<DateTimeOffset?> NewestAsync(CancellationToken cancellationToken)
    {
        if (!newest.Read)
        {
            var found = await engine.ReadAsync(NewestEntry.ReadAsync, cancellationToken);
            newest = (true, found);
        }

        return newest.At;
    }

    private readonly record struct Reading(DateTimeOffset At, long Timestamp);
}
