using System.Diagnostics.CodeAnalysis;

namespace Turnstone.Credentials.Passwords;

/// <summary>
/// A queue in which nobody waits for the whole crowd of another. Whoever waits belongs to a share (a network), in it to
/// a smaller one, and so on (the account). Shares take turns, at each level; within the innermost it is first come,
/// first served. A share that has not had a turn lately comes before those that have, so that one request waits for the
/// item in progress and not for a round; only so often in a row that the others go on.
/// <para>
/// When the queue is full, a newcomer takes the place of the last one of the largest share, if his own is smaller.
/// Memory is bounded by the capacity. Not safe for threads side by side.
/// </para>
/// </summary>
public sealed class FairQueue<T>(int capacity)
    where T : class
{
    private readonly Share root = new(outer: null, "");

    public int Count => root.Count;

    /// <summary>False if the queue is full and the newcomer's own share is the largest.</summary>
    /// <param name="path">The shares, the largest first; at least one.</param>
    /// <param name="item">What waits.</param>
    /// <param name="pushedOut">Whose place the newcomer has taken, if the queue was full.</param>
    public bool TryAdd(IReadOnlyList<string> path, T item, out T? pushedOut)
    {
        pushedOut = null;
        if (root.Count == capacity && !TryPushOut(path, out pushedOut))
        {
            return false;
        }

        var share = root;
        share.Count++;
        foreach (var key in path)
        {
            share = share.Inner(key);
            share.Count++;
        }

        share.Waiting.AddLast(item);
        return true;
    }

    public bool TryTake([NotNullWhen(true)] out T? item)
    {
        if (root.Count == 0)
        {
            item = null;
            return false;
        }

        var share = root;
        while (share.Next() is { } inner)
        {
            share = inner;
        }

        item = share.Waiting.First!.Value;
        share.Waiting.RemoveFirst();
        for (var served = share; served is not null; served = served.Outer)
        {
            served.Served();
        }

        return true;
    }

    private bool TryPushOut(IReadOnlyList<string> path, [NotNullWhen(true)] out T? pushedOut)
    {
        var share = root;
        foreach (var key in path)
        {
            var largest = share.Largest()!;
            var own = share.Find(key);

            // Equal shares do not push each other out: that would help nobody.
            if ((own?.Count ?? 0) < largest.Count - 1)
            {
                pushedOut = LastOf(largest);
                return true;
            }

            if (own is not { Count: > 0 })
            {
                break;
            }

            share = own;
        }

        pushedOut = null;
        return false;
    }

    private static T LastOf(Share share)
    {
        while (share.Largest() is { } inner)
        {
            share = inner;
        }

        var last = share.Waiting.Last!.Value;
        share.Waiting.RemoveLast();
        for (var smaller = share; smaller is not null; smaller = smaller.Outer)
        {
            smaller.LeftUnserved();
        }

        return last;
    }

    /// <summary>Holds smaller shares or, the innermost, what waits.</summary>
    private sealed class Share
    {
        private const int MostNewInARow = 4;
        private const int MostRecent = 64;

        private readonly string key;
        private readonly LinkedListNode<Share> place;
        private readonly Dictionary<string, Share> inner = [];

        // Those that wait for their first turn, those that had one, and the last that had one and wait for nothing.
        private readonly LinkedList<Share> newcomers = [];
        private readonly LinkedList<Share> rounds = [];
        private readonly LinkedList<Share> recent = [];
        private int newInARow;

        public Share(Share? outer, string key)
        {
            (Outer, this.key) = (outer, key);
            place = new LinkedListNode<Share>(this);
        }

        public Share? Outer { get; }

        public int Count { get; set; }

        public LinkedList<T> Waiting { get; } = [];

        public Share? Find(string innerKey) => inner.GetValueOrDefault(innerKey);

        /// <summary>The inner share, which is about to wait.</summary>
        public Share Inner(string innerKey)
        {
            if (!inner.TryGetValue(innerKey, out var share))
            {
                inner.Add(innerKey, share = new Share(this, innerKey));
                newcomers.AddLast(share.place);
            }
            else if (share.Count == 0)
            {
                share.MoveTo(rounds);
            }

            return share;
        }

        public Share? Largest() => Count == 0 || inner.Count == 0 ? null : inner.Values.MaxBy(share => share.Count);

        /// <summary>The share whose turn it is; null in an innermost one.</summary>
        public Share? Next()
        {
            var isNew = newcomers.First is not null && (rounds.First is null || newInARow < MostNewInARow);
            newInARow = isNew && rounds.First is not null ? newInARow + 1 : 0;
            return (isNew ? newcomers : rounds).First?.Value;
        }

        /// <summary>One of it has been served: it goes behind the others.</summary>
        public void Served()
        {
            Count--;
            if (Outer is null)
            {
                return;
            }

            MoveTo(Count > 0 ? Outer.rounds : Outer.recent);
            if (Count == 0)
            {
                inner.Clear();
                recent.Clear();
                Outer.ForgetOldest();
            }
        }

        /// <summary>One of it has been pushed out.</summary>
        public void LeftUnserved()
        {
            if (--Count == 0)
            {
                Outer?.Forget(this);
            }
        }

        private void MoveTo(LinkedList<Share> line)
        {
            place.List!.Remove(place);
            line.AddLast(place);
        }

        private void ForgetOldest()
        {
            if (recent.Count > MostRecent)
            {
                Forget(recent.First!.Value);
            }
        }

        private void Forget(Share share)
        {
            share.place.List!.Remove(share.place);
            inner.Remove(share.key);
        }
    }
}
