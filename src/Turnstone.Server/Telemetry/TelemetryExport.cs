using System.Diagnostics;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Turnstone.Credentials.Passwords;
using Turnstone.Grants;
using Turnstone.Model;
using Turnstone.Server.Settings;
using Turnstone.Storage;

namespace Turnstone.Server.Telemetry;

/// <summary>
/// Sends metrics and traces by OTLP, and keeps metrics for Prometheus, each if it is configured. Instruments without a
/// listener cost next to nothing.
/// </summary>
public sealed class TelemetryExport : IHostedService, IDisposable
{
    private const string Service = "turnstone-server";

    private readonly TracerProvider? traces;
    private readonly ILogger log;

    public TelemetryExport(
        TurnstoneSettings settings,
        GrantMeter grants,
        PasswordLane passwords,
        ILogger<TelemetryExport> log
    )
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(grants);
        ArgumentNullException.ThrowIfNull(passwords);
        this.log = log;
        var given = settings.Telemetry.Endpoint;
        var sends =
            given.Length > 0
            || !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_ENDPOINT"));
        var scraped = settings.Telemetry.Metrics.Length > 0;
        if (!sends && !scraped)
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

        var resource = ResourceBuilder.CreateDefault().AddService(Service, serviceVersion: ServerVersion.Text);
        var metrics = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(resource)
            .AddMeter(
                CoreTelemetry.Name,
                "Turnstone.Passwords",
                Store.MeterName,
                "Microsoft.AspNetCore.Hosting",
                "Microsoft.AspNetCore.Server.Kestrel",
                "System.Runtime"
            );
        if (sends)
        {
            metrics.AddOtlpExporter(Aim("metrics"));
        }

        if (scraped)
        {
            metrics.AddPrometheusExporter();
        }

        Meters = metrics.Build();
        grants.CountFromZero();
        passwords.CountFromZero();
        if (!sends)
        {
            return;
        }

        traces = Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(resource)
            .AddSource(CoreTelemetry.Name, "Microsoft.AspNetCore", "Npgsql")
            .AddProcessor(new NoQuery())
            .AddOtlpExporter(Aim("traces"))
            .Build();
    }

    /// <summary>The metrics; null if nobody wants them.</summary>
    public MeterProvider? Meters { get; }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        log.Version(ServerVersion.Text);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        // Short, so an unreachable collector does not delay the shutdown.
        Meters?.ForceFlush(2000);
        traces?.ForceFlush(2000);
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        Meters?.Dispose();
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
