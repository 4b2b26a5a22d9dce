using System.Diagnostics.Metrics;
using Turnstone.Sessions;

namespace Turnstone.Grants;

/// <summary>The meters of the grants: how many by kind and outcome, and what refreshes met.</summary>
public sealed class GrantMeter : IDisposable
{
    public const string Name = "Turnstone";

    private readonly Meter meter = new(Name);
    private readonly Counter<long> grants;
    private readonly Counter<long> replays;
    private readonly Counter<long> reuses;
    private readonly Histogram<long> distance;

    public GrantMeter()
    {
        grants = meter.CreateCounter<long>("turnstone.grants", "{grant}", "Grants by kind and outcome.");
        replays = meter.CreateCounter<long>("turnstone.refresh.replays", "{replay}", "Refreshes answered again after a lost answer.");
        reuses = meter.CreateCounter<long>("turnstone.refresh.reuses", "{reuse}", "Sessions revoked because a replaced refresh token came back.");
        distance = meter.CreateHistogram<long>("turnstone.refresh.distance", "{generation}", "The row's generation less the token's.");
    }

    public void Granted(string kind) => grants.Add(1, new("kind", kind), new("outcome", "granted"));

    public void Refused(string kind, RefusalCode code) => grants.Add(1, new("kind", kind), new("outcome", code.ToString()));

    public void Refreshed(RotationDecision decision)
    {
        grants.Add(1, new("kind", "Refresh"), new("outcome", decision.Kind.ToString()));
        if (decision.Kind is RotationKind.Replay)
        {
            replays.Add(1);
        }
        else if (decision.Kind is RotationKind.Reuse)
        {
            reuses.Add(1);
        }

        if (decision.Session is not null && decision.Kind is not RotationKind.Foreign)
        {
            distance.Record(decision.Distance);
        }
    }

    public void Dispose() => meter.Dispose();
}
