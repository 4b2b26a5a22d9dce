using OpenTelemetry.Exporter;
using Turnstone.Server.Settings;

namespace Turnstone.Server.Telemetry;

/// <summary>
/// Where one signal is sent: by the setting, by the signal's own variable, or by the one for all signals, in this
/// order. The exporter itself reads the last alone, unless one exporter is given every signal.
/// </summary>
/// <param name="Signal">As in the variables and in the path of OTLP over HTTP.</param>
/// <param name="Setting"><c>Turnstone:Telemetry:Endpoint</c>; empty for none.</param>
internal sealed record OtlpTarget(string Signal, string Setting)
{
    private const string ForAll = "OTEL_EXPORTER_OTLP_ENDPOINT";

    public bool IsNamed => Setting.Length > 0 || Own("ENDPOINT") is not null || Variable(ForAll) is not null;

    public void Aim(OtlpExporterOptions options)
    {
        if (Own("PROTOCOL") is { } protocol)
        {
            options.Protocol = protocol switch
            {
                "grpc" => OtlpExportProtocol.Grpc,
                "http/protobuf" => OtlpExportProtocol.HttpProtobuf,
                _ => throw new SettingsException(
                    $"{NameOf("PROTOCOL")} is \"{protocol}\": it has to be grpc or http/protobuf."
                ),
            };
        }

        if (Own("HEADERS") is { } headers)
        {
            options.Headers = headers;
        }

        if (Setting.Length > 0)
        {
            options.Endpoint = new Uri(
                options.Protocol is OtlpExportProtocol.HttpProtobuf
                    ? $"{Setting.TrimEnd('/')}/v1/{Signal}"
                    : Setting
            );
        }
        else if (Own("ENDPOINT") is { } endpoint)
        {
            // Taken as it is, path and all, as the specification of the variable asks.
            options.Endpoint =
                Uri.TryCreate(endpoint, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
                    ? uri
                    : throw new SettingsException(
                        $"{NameOf("ENDPOINT")} is \"{endpoint}\": it has to be an http or https URL."
                    );
        }
    }

    private static string? Variable(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    private string? Own(string what) => Variable(NameOf(what));

    private string NameOf(string what) => $"OTEL_EXPORTER_OTLP_{Signal.ToUpperInvariant()}_{what}";
}
