using Turnstone.Foreign;
using Turnstone.Model;

namespace Turnstone.Server.Hosting.Outbound;

/// <summary>
/// Documents that were fetched, and those that are being fetched. A fetch belongs to nobody who waits for it: it goes
/// on when they have gone, and ends by itself.
/// </summary>
internal sealed class DocumentCache(DocumentFetch fetch, FetchBounds bounds, RandomSource random, TimeProvider time)
    : IDisposable
{
    private static readonly TimeSpan BetweenRenewals = TimeSpan.FromMinutes(1);

    /// <summary>Nothing newer is asked for than this.</summary>
    private static readonly TimeSpan New = TimeSpan.FromSeconds(5);

    private readonly FetchBudget budget = new(bounds, random, time);
    private readonly Dictionary<(string Uri, Type Kind), Entry> entries = [];
    private readonly Lock gate = new();

    public ValueTask<Fetched<T>> GetAsync<T>(
        string uri,
        string payer,
        DocumentReader<T> read,
        CancellationToken cancellationToken
    )
        where T : class
    {
        lock (gate)
        {
            var entry = entries.GetValueOrDefault((uri, typeof(T)));
            return entry is not null && IsFresh(entry)
                ? new((Fetched<T>)entry.Known!)
                : WaitAsync(entry, uri, payer, read, cancellationToken);
        }
    }

    public ValueTask<Fetched<T>> RenewAsync<T>(
        Fetched<T> seen,
        string payer,
        DocumentReader<T> read,
        CancellationToken cancellationToken
    )
        where T : class
    {
        lock (gate)
        {
            var entry = entries.GetValueOrDefault((seen.Uri, typeof(T)));
            if (entry is { Flight: null, Known: Fetched<T> known } && !MayRenew(entry))
            {
                return new(known);
            }

            entry?.RenewedAt = time.GetTimestamp();
            return WaitAsync(entry, seen.Uri, payer, read, cancellationToken);
        }
    }

    public void Dispose() => fetch.Dispose();

    private bool MayRenew(Entry entry) =>
        time.GetElapsedTime(entry.KnownAt) >= New
        && (entry.RenewedAt is not { } last || time.GetElapsedTime(last) >= BetweenRenewals);

    private bool IsFresh(Entry entry) => entry.Known is not null && time.GetElapsedTime(entry.KnownAt) < entry.FreshFor;

    private ValueTask<Fetched<T>> WaitAsync<T>(
        Entry? entry,
        string uri,
        string payer,
        DocumentReader<T> read,
        CancellationToken cancellationToken
    )
        where T : class
    {
        if (entry?.Flight is Task<Fetched<T>> flight)
        {
            return new(flight.WaitAsync(cancellationToken));
        }

        if (!budget.Take(payer))
        {
            return new(entry is not null && IsFresh(entry) ? (Fetched<T>)entry.Known! : DocumentFetch.TooMany<T>(uri));
        }

        entry ??= Add((uri, typeof(T)));
        entry.TriedAt = time.GetTimestamp();

        // Nothing of the request that came first goes with it: no trace, no cancellation.
        using (ExecutionContext.SuppressFlow())
        {
            flight = Task.Run(() => FlyAsync(entry, uri, payer, read), CancellationToken.None);
        }

        entry.Flight = flight;
        return new(flight.WaitAsync(cancellationToken));
    }

    private async Task<Fetched<T>> FlyAsync<T>(Entry entry, string uri, string payer, DocumentReader<T> read)
        where T : class
    {
        try
        {
            var (fetched, freshFor) = await fetch.RunAsync(uri, read);
            lock (gate)
            {
                // What is still good is not given up for a fetch that failed.
                if (fetched.Value is not null || !IsFresh(entry))
                {
                    (entry.Known, entry.KnownAt, entry.FreshFor) = (fetched, entry.TriedAt, freshFor);
                }

                return (Fetched<T>)entry.Known!;
            }
        }
        finally
        {
            lock (gate)
            {
                entry.Flight = null;
            }

            budget.GiveBack(payer);
        }
    }

    private Entry Add((string Uri, Type Kind) key)
    {
        if (entries.Count >= bounds.Documents)
        {
            var oldest = entries.Where(pair => pair.Value.Flight is null).MinBy(pair => pair.Value.TriedAt).Key;
            entries.Remove(oldest);
        }

        var entry = new Entry();
        entries[key] = entry;
        return entry;
    }

    private sealed class Entry
    {
        public object? Known { get; set; }

        public long KnownAt { get; set; }

        public TimeSpan FreshFor { get; set; }

        public long? RenewedAt { get; set; }

        /// <summary>When the address was last asked, whatever came of it.</summary>
        public long TriedAt { get; set; }

        public Task? Flight { get; set; }
    }
}
