using System.Collections.Concurrent;
using Turnstone.Model;

namespace Turnstone.Revocation;

/// <summary>
/// Which sessions can be dropped when, by the minute: to drop those whose time is over costs nothing for the others.
/// </summary>
internal sealed class ExpiryQueue
{
    private readonly Lock gate = new();
    private readonly SortedDictionary<long, List<SessionId>> byMinute = [];

    public void Add(SessionId session, DateTimeOffset until)
    {
        var minute = MinuteOf(until) + 1;
        lock (gate)
        {
            if (!byMinute.TryGetValue(minute, out var sessions))
            {
                byMinute.Add(minute, sessions = []);
            }

            sessions.Add(session);
        }
    }

    /// <summary>Removes the sessions whose time was over before now. One that was given a later time stays.</summary>
    public void DropBefore(DateTimeOffset now, ConcurrentDictionary<SessionId, DateTimeOffset> untils)
    {
        foreach (var session in TakeBefore(MinuteOf(now)))
        {
            if (untils.TryGetValue(session, out var until) && until <= now)
            {
                untils.TryRemove(new(session, until));
            }
        }
    }

    private List<SessionId> TakeBefore(long minute)
    {
        var taken = new List<SessionId>();
        lock (gate)
        {
            while (byMinute.Count > 0 && byMinute.First() is var (first, sessions) && first <= minute)
            {
                taken.AddRange(sessions);
                byMinute.Remove(first);
            }
        }

        return taken;
    }

    private static long MinuteOf(DateTimeOffset time) => time.UtcTicks / TimeSpan.TicksPerMinute;
}
