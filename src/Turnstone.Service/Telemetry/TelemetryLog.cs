namespace Turnstone.Server.Telemetry;

internal static partial class TelemetryLog
{
    [LoggerMessage(1030, LogLevel.Information, "Prometheus finds the metrics at {Url}/metrics.")]
    public static partial void MetricsServed(this ILogger log, string url);

    [LoggerMessage(
        1031,
        LogLevel.Warning,
        "Prometheus finds the metrics at {Url}/metrics, and so does everybody else who reaches that address: "
            + "let the firewall admit Prometheus only."
    )]
    public static partial void MetricsServedToOthers(this ILogger log, string url);

    [LoggerMessage(1032, LogLevel.Information, "This is Turnstone {Version}.")]
    public static partial void Version(this ILogger log, string version);
}
