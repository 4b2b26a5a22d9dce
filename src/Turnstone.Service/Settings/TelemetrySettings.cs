using System.Net;

namespace Turnstone.Server.Settings;

/// <summary>Who is given metrics and traces.</summary>
public sealed record TelemetrySettings : ISettings
{
    [Setting(
        "Where metrics and traces are sent by OTLP. The variable `OTEL_EXPORTER_OTLP_ENDPOINT` does the same.",
        Default = "nowhere"
    )]
    public string Endpoint { get; init; } = "";

    [Setting(
        "The address at which Prometheus finds `/metrics`, such as `http://127.0.0.1:9464`: an IP address and a port "
            + "of their own, never the service's. It asks for no password, so whoever reaches it reads the metrics.",
        Default = "none"
    )]
    public string Metrics { get; init; } = "";

    internal IEnumerable<string> Problems()
    {
        if (Endpoint.Length > 0 && !Uri.TryCreate(Endpoint, UriKind.Absolute, out _))
        {
            yield return $"Turnstone:Telemetry:Endpoint is \"{Endpoint}\": "
                + "give an absolute URL such as http://127.0.0.1:4317.";
        }

        // A host name would listen wherever its record points to.
        if (
            Metrics.Length > 0
            && !(
                Uri.TryCreate(Metrics, UriKind.Absolute, out var url)
                && url is { Scheme: "http", PathAndQuery: "/", UserInfo: "", Fragment: "" }
                && IPAddress.TryParse(url.DnsSafeHost, out _)
            )
        )
        {
            yield return $"Turnstone:Telemetry:Metrics is \"{Metrics}\": "
                + "give an IP address and a port such as http://127.0.0.1:9464.";
        }
    }
}
