using System.Collections.Immutable;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Turnstone.Model;
using Turnstone.Sessions;

namespace Turnstone.Grants;

/// <summary>
/// What can be seen of the grants from outside: how many by kind and outcome, what refreshes met, and a span of a trace
/// for each.
/// </summary>
public sealed class GrantMeter : IDisposable
{
    private static readonly ImmutableArray<string> RotationKinds = [.. Enum.GetNames<RotationKind>()];

    private readonly ActivitySource spans = new(CoreTelemetry.Name);
    private readonly Meter meter;
    private readonly Counter<long> grants;
    private readonly Counter<long> replays;
    private readonly Counter<long> reuses;
    private readonly Counter<long> copies;
    private readonly Histogram<long> distance;

    public GrantMeter()
    {
        // The scope tells the meters of several nodes in one process apart.
        meter = new Meter(CoreTelemetry.Name, version: null, tags: null, scope: this);
        grants = meter.CreateCounter<long>("turnstone.grants", "{grant}", "Grants by kind, contract and outcome.");
        replays = meter.CreateCounter<long>(
            "turnstone.refresh.replays",
            "{replay}",
            "Refreshes answered again after a lost answer."
        );
        reuses = meter.CreateCounter<long>(
            "turnstone.refresh.reuses",
            "{reuse}",
            "Sessions revoked because a replaced refresh token came back."
        );
        copies = meter.CreateCounter<long>(
            "turnstone.refresh.suspected_copies",
            "{session}",
            "Sessions of which two generations in a row were asked for twice without a key."
        );
        distance = meter.CreateHistogram(
            "turnstone.refresh.distance",
            "{generation}",
            "The row's generation less the token's.",
            advice: new InstrumentAdvice<long> { HistogramBucketBoundaries = [-10, -2, -1, 0, 1, 2, 5, 10] }
        );
    }

    /// <summary>
    /// Whoever listens sees the counters before they first count: without that their first step is lost.
    /// </summary>
    public void CountFromZero()
    {
        replays.Add(0);
        reuses.Add(0);
        copies.Add(0);
    }

    /// <summary>
    /// Begins the span of a grant; null when nobody listens. What is counted until it ends is its outcome.
    /// </summary>
    public Activity? Begin(string kind) => spans.HasListeners() ? spans.StartActivity($"grant {kind}") : null;

    public void Granted(string kind, string contract) => Ended(kind, contract, "granted");

    /// <summary>A lost answer was given again.</summary>
    public void Repeated(string kind, string contract) => Ended(kind, contract, nameof(RotationKind.Replay));

    public void Refused(string kind, string contract, RefusalCode code) => Ended(kind, contract, code.ToString());

    public void Refreshed(RotationDecision decision, string contract)
    {
        Ended("Refresh", contract, RotationKinds[(int)decision.Kind]);
        if (decision.Kind is RotationKind.Replay)
        {
            replays.Add(1);
        }
        else if (decision.Kind is RotationKind.Reuse)
        {
            reuses.Add(1);
        }

        if (decision.Suspect)
        {
            copies.Add(1);
        }

        if (decision.Session is not null && decision.Kind is not RotationKind.Foreign)
        {
            distance.Record(decision.Distance);
        }
    }

    public void Dispose()
    {
        spans.Dispose();
        meter.Dispose();
    }

    private void Ended(string kind, string contract, string outcome)
    {
        grants.Add(1, new("kind", kind), new("contract", contract), new("outcome", outcome));
        Activity.Current?.SetTag("turnstone.outcome", outcome);
    }
}
