using System.Diagnostics;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Turnstone.Model;
using Turnstone.Server.Settings;
using Turnstone.Storage;

namespace Turnstone.Server.Telemetry;

/// <summary>
/// Sends metrics and traces by OTLP, if an endpoint is configured. Instruments without a listener cost next to nothing.
/// </summary>
public sealed class TelemetryExport : IHostedService, IDisposable
{
    private const string Service = "turnstone-server";

    private readonly MeterProvider? meters;
    private readonly TracerProvider? traces;

    public TelemetryExport(TurnstoneSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var given = settings.Telemetry.Endpoint;
        if (
            given.Length == 0
            && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_ENDPOINT"))
        )
        {
            return;
        }

        // Without the setting the exporter reads the standard variables; with it, the path of OTLP over HTTP is
        // appended here.
        Action<OtlpExporterOptions> Aim(string signal) =>
            options =>
            {
                if (given.Length > 0)
                {
                    options.Endpoint = new Uri(
                        options.Protocol is OtlpExportProtocol.HttpProtobuf
                            ? $"{given.TrimEnd('/')}/v1/{signal}"
                            : given
                    );
                }
            };

        var resource = ResourceBuilder.CreateDefault().AddService(Service);
        meters = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(resource)
            .AddMeter(
                CoreTelemetry.Name,
                "Turnstone.Passwords",
                Store.MeterName,
                "Microsoft.AspNetCore.Hosting",
                "Microsoft.AspNetCore.Server.Kestrel",
                "System.Runtime"
            )
            .AddOtlpExporter(Aim("metrics"))
            .Build();
        traces = Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(resource)
            .AddSource(CoreTelemetry.Name, "Microsoft.AspNetCore", "Npgsql")
            .AddProcessor(new NoQuery())
            .AddOtlpExporter(Aim("traces"))
            .Build();
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken)
    {
        // Short, so an unreachable collector does not delay the shutdown.
        meters?.ForceFlush(2000);
        traces?.ForceFlush(2000);
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        meters?.Dispose();
        traces?.Dispose();
    }

    /// <summary>A query can contain a code or a subscription key, so traces do not have it.</summary>
    private sealed class NoQuery : BaseProcessor<Activity>
    {
        private static readonly string[] Tags = ["url.query", "url.full", "http.url", "http.target"];

        public override void OnEnd(Activity data)
        {
            foreach (var tag in Tags)
            {
                data.SetTag(tag, null);
            }
        }
    }
}
