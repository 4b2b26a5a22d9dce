using System.Diagnostics.Metrics;
using Turnstone.Model;

namespace Turnstone.Audit;

/// <summary>Whether this node has found the audit log altered.</summary>
public sealed class AuditMeter : IDisposable
{
    public const string Faults = "turnstone.audit.faults";

    private readonly Meter meter;

    public AuditMeter(AuditSeal seal)
    {
        // The scope tells the meters of several nodes in one process apart.
        meter = new Meter(CoreTelemetry.Name, version: null, tags: null, scope: this);
        meter.CreateObservableGauge(
            Faults,
            () => seal.Faults.Count,
            "{fault}",
            "What is not as it was sealed in the audit log, so that it is not signed any more."
        );
    }

    public void Dispose() => meter.Dispose();
}
