namespace Turnstone.Server.Hosting;

/// <summary>
/// A log line for what comes by the thousand: the first at once, then one each ten seconds with the count.
/// </summary>
internal sealed class CountedLine
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    private readonly Lock guard = new();
    private long? said;
    private int count;

    /// <summary>Whether a line is due, and how often it happened since the last one.</summary>
    public bool Due(TimeProvider time, out int since)
    {
        lock (guard)
        {
            since = ++count;
            if (said is { } before && time.GetElapsedTime(before) < Pause)
            {
                return false;
            }

            (said, count) = (time.GetTimestamp(), 0);
            return true;
        }
    }
}
