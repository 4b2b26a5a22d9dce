namespace Turnstone.Server.Hosting.Connections;

/// <summary>How many connections are kept, and how long a new one waits.</summary>
public sealed record ConnectionBounds(int Total, int PerAddress, TimeSpan FirstRequest);

/// <summary>
/// The open connections of clients, within bounds. Above a bound a new connection takes the place of the oldest idle
/// one: of its own address, or of the address that has the most. So an address that holds many takes none from others.
/// </summary>
public sealed class OpenConnections : IDisposable
{
    private readonly Lock change = new();
    private readonly Dictionary<string, HashSet<OpenConnection>> strangers = [];
    private readonly Dictionary<string, HashSet<OpenConnection>> proxies = [];

    // Those that may still wait for their first request, in the order in which they came.
    private readonly LinkedList<OpenConnection> unused = [];
    private readonly Dictionary<OpenConnection, LinkedListNode<OpenConnection>> places = [];
    private readonly ConnectionBounds bounds;
    private readonly TimeProvider time;
    private readonly ITimer timer;
    private bool timerRuns;

    public OpenConnections(ConnectionBounds bounds, TimeProvider time)
    {
        (this.bounds, this.time) = (bounds, time);
        timer = time.CreateTimer(_ => CloseUnused(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public int Count
    {
        get
        {
            lock (change)
            {
                return places.Count;
            }
        }
    }

    /// <summary>
    /// Counts a new connection, if need be in place of another, which is closed; false: it is refused.
    /// </summary>
    public bool TryAdd(OpenConnection connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        OpenConnection? replaced = null;
        lock (change)
        {
            var own = AddressesLike(connection).GetValueOrDefault(connection.Address);
            if (!connection.Trusted && own?.Count >= bounds.PerAddress)
            {
                replaced = Oldest(own, idle: true);
            }
            else if (places.Count >= bounds.Total)
            {
                replaced = OneOfTheMost(own?.Count ?? 0);
            }
            else
            {
                Add(connection);
                return true;
            }

            if (replaced is null)
            {
                return false;
            }

            Remove(replaced);
            Add(connection);
        }

        replaced.Close();
        return true;
    }

    public void Remove(OpenConnection connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        lock (change)
        {
            if (!places.Remove(connection, out var place))
            {
                return;
            }

            place.List?.Remove(place);
            var addresses = AddressesLike(connection);
            var own = addresses[connection.Address];
            own.Remove(connection);
            if (own.Count == 0)
            {
                addresses.Remove(connection.Address);
            }
        }
    }

    public void Dispose() => timer.Dispose();

    /// <summary>The oldest of these, or another that is older.</summary>
    private static OpenConnection? Oldest(HashSet<OpenConnection> own, bool idle, OpenConnection? other = null)
    {
        foreach (var connection in own)
        {
            if ((connection.IsIdle || !idle) && (other is null || connection.IdleSince < other.IdleSince))
            {
                other = connection;
            }
        }

        return other;
    }

    private Dictionary<string, HashSet<OpenConnection>> AddressesLike(OpenConnection connection) =>
        connection.Trusted ? proxies : strangers;

    private void Add(OpenConnection connection)
    {
        var addresses = AddressesLike(connection);
        if (!addresses.TryGetValue(connection.Address, out var own))
        {
            addresses.Add(connection.Address, own = []);
        }

        own.Add(connection);
        var place = new LinkedListNode<OpenConnection>(connection);
        places.Add(connection, place);
        if (!connection.Trusted)
        {
            unused.AddLast(place);
            if (!timerRuns)
            {
                StartTimer(bounds.FirstRequest);
            }
        }
    }

    /// <summary>
    /// The oldest idle one of the address that has the most; or one of it that is busy, if it has more than the
    /// newcomer's. Proxies come last: each carries many clients.
    /// </summary>
    private OpenConnection? OneOfTheMost(int newcomers)
    {
        var most = strangers.Count == 0 ? 0 : strangers.Values.Max(own => own.Count);
        OpenConnection? oldest = null;
        OpenConnection? busy = null;
        foreach (var own in strangers.Values)
        {
            if (own.Count == most)
            {
                oldest = Oldest(own, idle: true, oldest);
                busy ??= most > newcomers + 1 ? Oldest(own, idle: false) : null;
            }
        }

        return oldest ?? busy ?? OldestIdle(strangers, OldestIdle(proxies));
    }

    private static OpenConnection? OldestIdle(
        Dictionary<string, HashSet<OpenConnection>> addresses,
        OpenConnection? other = null
    ) => addresses.Values.Aggregate(other, (oldest, own) => Oldest(own, idle: true, oldest));

    private void CloseUnused()
    {
        List<OpenConnection> late = [];
        lock (change)
        {
            timerRuns = false;
            while (unused.First is { } first)
            {
                var left = bounds.FirstRequest - time.GetElapsedTime(first.Value.IdleSince);
                if (!first.Value.HadRequest && left > TimeSpan.Zero)
                {
                    StartTimer(left);
                    break;
                }

                unused.RemoveFirst();
                if (!first.Value.HadRequest)
                {
                    late.Add(first.Value);
                }
            }
        }

        late.ForEach(connection => connection.Close());
    }

    private void StartTimer(TimeSpan due)
    {
        timerRuns = true;
        timer.Change(due, Timeout.InfiniteTimeSpan);
    }
}
