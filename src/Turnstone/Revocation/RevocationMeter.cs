using System.Diagnostics.Metrics;
using Turnstone.Model;

namespace Turnstone.Revocation;

/// <summary>
/// How late this node hears of the revocations that it reads from the store: what other nodes revoked, and what was
/// revoked here many at once.
/// </summary>
public sealed class RevocationMeter : IDisposable
{
    public const string Staleness = "turnstone.revocation.staleness";

    public const string Kept = "turnstone.revocation.remembered";

    public const string Memory = "turnstone.revocation.memory";

    private readonly Meter meter;
    private readonly Histogram<double> staleness;

    public RevocationMeter()
    {
        // The scope tells the meters of several nodes in one process apart.
        meter = new Meter(CoreTelemetry.Name, version: null, tags: null, scope: this);
        staleness = meter.CreateHistogram(
            Staleness,
            "s",
            "From a revocation to the moment this node refuses the session's access tokens.",
            advice: new InstrumentAdvice<double>
            {
                HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30],
            }
        );
    }

    /// <summary>How many revoked sessions and tokens are kept in memory, each by its id until its own end.</summary>
    public void Watch(Func<int> kept, Func<long> bytes)
    {
        meter.CreateObservableGauge(
            Kept,
            kept,
            "{session}",
            "Sessions and tokens revoked one by one that this node keeps in memory."
        );
        meter.CreateObservableGauge(Memory, bytes, "By", "About how much memory they take.");
    }

    /// <summary>
    /// A clock that is behind the one that stamped the revocation shows none rather than less than none.
    /// </summary>
    public void Heard(TimeSpan after) => staleness.Record(Math.Max(0, after.TotalSeconds));

    public void Dispose() => meter.Dispose();
}
