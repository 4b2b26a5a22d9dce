using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Turnstone.Client;

/// <summary>Meter and activity source <c>Turnstone.Client</c>.</summary>
internal static class Telemetry
{
    public const string Name = "Turnstone.Client";

    private static readonly Meter Meter = new(Name);

    public static readonly ActivitySource Activities = new(Name);

    /// <summary>By kind and contract. A session's name is a tag of nothing: there may be millions.</summary>
    public static readonly Counter<long> Events = Meter.CreateCounter<long>(
        "turnstone.client.events",
        description: "Sign-ins, refreshes, retries and ends of sessions."
    );
}
