using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Turnstone.Grants;

namespace Turnstone.Testing;

/// <summary>What one node's meter has counted, by kind, contract and outcome.</summary>
public sealed class GrantCounts : IDisposable
{
    private const string Grants = "turnstone.grants";
    private const string Distance = "turnstone.refresh.distance";
    private const string Copies = "turnstone.refresh.suspected_copies";

    private readonly ConcurrentDictionary<(string Kind, string Contract, string Outcome), long> counts = new();
    private readonly ConcurrentQueue<long> distances = new();
    private readonly MeterListener listener = new();
    private long suspectedCopies;

    public GrantCounts(GrantMeter meter)
    {
        listener.InstrumentPublished = (instrument, listening) =>
        {
            if (instrument.Meter.Scope == meter && instrument.Name is Grants or Distance or Copies)
            {
                listening.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>(
            (instrument, value, tags, _) =>
            {
                if (instrument.Name == Distance)
                {
                    distances.Enqueue(value);
                }
                else if (instrument.Name == Copies)
                {
                    Interlocked.Add(ref suspectedCopies, value);
                }
                else
                {
                    counts.AddOrUpdate(
                        (Tag(tags, "kind"), Tag(tags, "contract"), Tag(tags, "outcome")),
                        value,
                        (_, known) => known + value
                    );
                }
            }
        );
        listener.Start();
    }

    public long Of(string kind, string outcome) =>
        counts.Where(count => (count.Key.Kind, count.Key.Outcome) == (kind, outcome)).Sum(count => count.Value);

    public long Through(string contract, string kind) =>
        counts.Where(count => (count.Key.Kind, count.Key.Contract) == (kind, contract)).Sum(count => count.Value);

    public long All(string kind) => counts.Where(count => count.Key.Kind == kind).Sum(count => count.Value);

    public long Total => counts.Values.Sum();

    /// <summary>How far the refreshes were from their rows.</summary>
    public IReadOnlyCollection<long> Distances => distances;

    public long SuspectedCopies => Interlocked.Read(ref suspectedCopies);

    public void Dispose() => listener.Dispose();

    private static string Tag(ReadOnlySpan<KeyValuePair<string, object?>> tags, string name)
    {
        foreach (var tag in tags)
        {
            if (tag.Key == name)
            {
                return (string)tag.Value!;
            }
        }

        return "";
    }
}
