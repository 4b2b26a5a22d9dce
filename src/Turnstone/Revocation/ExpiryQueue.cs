using System.Collections.Concurrent;
using Turnstone.Model;

namespace Turnstone.Revocation;

/// <summary>Which session can be dropped next: to drop those whose time is over costs nothing for the others.</summary>
internal sealed class ExpiryQueue
{
    private readonly Lock gate = new();
    private readonly PriorityQueue<SessionId, long> queue = new();

    public void Add(SessionId session, DateTimeOffset until)
    {
        lock (gate)
        {
            queue.Enqueue(session, until.UtcTicks);
        }
    }

    /// <summary>Removes the sessions whose time is over. One that was given a later time stays.</summary>
    public void DropBefore(DateTimeOffset now, ConcurrentDictionary<SessionId, DateTimeOffset> untils)
    {
        lock (gate)
        {
            while (queue.TryPeek(out var session, out var until) && until <= now.UtcTicks)
            {
                queue.Dequeue();
                if (untils.TryGetValue(session, out var known) && known <= now)
                {
                    untils.TryRemove(new(session, known));
                }
            }
        }
    }
}
