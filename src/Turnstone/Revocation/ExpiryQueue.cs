using Turnstone.Model;

namespace Turnstone.Revocation;

/// <summary>Which session can be dropped next: to drop those whose time is over costs nothing for the others.</summary>
internal sealed class ExpiryQueue
{
    private readonly Lock gate = new();
    private PriorityQueue<SessionId, long> queue = new();

    public void Add(SessionId session, DateTimeOffset until)
    {
        lock (gate)
        {
            queue.Enqueue(session, until.UtcTicks);
        }
    }

    /// <summary>Takes out the next one whose time is over.</summary>
    public bool TryTake(DateTimeOffset now, out SessionId session)
    {
        lock (gate)
        {
            return queue.TryPeek(out session, out var until)
                && until <= now.UtcTicks
                && queue.TryDequeue(out session, out _);
        }
    }

    /// <summary>Forgets all but those that are still needed.</summary>
    public void Keep(Func<SessionId, bool> needed)
    {
        lock (gate)
        {
            queue = new(queue.UnorderedItems.Where(item => needed(item.Element)));
        }
    }
}
