using System.Diagnostics.Metrics;

namespace Turnstone.Server.Hosting;

/// <summary>
/// Measures requests for this node's own page. The framework's instrument costs more per request than a validation, so
/// it exists only if telemetry is sent.
/// </summary>
public sealed class RequestMeter : IDisposable
{
    public const string Name = "Turnstone.Requests";

    private static readonly KeyValuePair<string, object?> Failed = new("outcome", "failed");

    private readonly Meter meter = new(Name);
    private readonly Histogram<double> duration;

    public RequestMeter() =>
        duration = meter.CreateHistogram<double>(
            "turnstone.request.duration",
            "s",
            "Requests, and whether they ended in a server error."
        );

    public void Done(TimeSpan took, int status)
    {
        if (status >= StatusCodes.Status500InternalServerError)
        {
            duration.Record(took.TotalSeconds, Failed);
        }
        else
        {
            duration.Record(took.TotalSeconds);
        }
    }

    public void Dispose() => meter.Dispose();
}
