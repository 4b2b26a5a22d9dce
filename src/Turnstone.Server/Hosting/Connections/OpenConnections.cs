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
    private readonly Dictionary<string, HashSet<OpenConnection>> addresses = [];

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
            var own = addresses.GetValueOrDefault(connection.Address);
            if (!connection.Trusted && own?.Count >= bounds.PerAddress)
            {
                replaced = OldestIdle(own);
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
            var own = addresses[connection.Address];
            own.Remove(connection);
            if (own.Count == 0)
            {
                addresses.Remove(connection.Address);
            }
        }
    }

    public void Dispose() => timer.Dispose();

    private static OpenConnection? OldestIdle(IEnumerable<OpenConnection> connections) =>
        connections.Where(connection => connection.IsIdle).MinBy(connection => connection.IdleSince);

    private void Add(OpenConnection connection)
    {
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
    private OpenConnection? OneOfTheMost(int own)
    {
        var strangers = addresses.Values.Where(connections => !connections.First().Trusted).ToList();
        var most = strangers.Count == 0 ? 0 : strangers.Max(connections => connections.Count);
        var largest = strangers.Where(connections => connections.Count == most);
        return OldestIdle(largest.SelectMany(connections => connections))
            ?? (most > own + 1 ? largest.First().MinBy(connection => connection.IdleSince) : null)
            ?? OldestIdle(places.Keys);
    }

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
