using System.Diagnostics;
using OpenTelemetry;
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
        var sentMetrics = new OtlpTarget("metrics", settings.Telemetry.Endpoint);
        var sentTraces = new OtlpTarget("traces", settings.Telemetry.Endpoint);
        var scraped = settings.Telemetry.Metrics.Length > 0;

        // The libraries are loaded by these methods: where nobody wants telemetry they take no memory.
        if (sentMetrics.IsNamed || scraped)
        {
            Meters = Metrics(sentMetrics, scraped);
            grants.CountFromZero();
            passwords.CountFromZero();
        }

        if (sentTraces.IsNamed)
        {
            traces = Traces(sentTraces);
        }
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

    private static ResourceBuilder Resource() =>
        ResourceBuilder.CreateDefault().AddService(Service, serviceVersion: ServerVersion.Text);

    private static TracerProvider Traces(OtlpTarget sent) =>
        Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(Resource())
            .AddSource(CoreTelemetry.Name, "Microsoft.AspNetCore", "Npgsql")
            .AddProcessor(new NoQuery())
            .AddOtlpExporter(sent.Aim)
            .Build();

    private static MeterProvider Metrics(OtlpTarget sent, bool scraped)
    {
        var metrics = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(Resource())
            .AddMeter(
                CoreTelemetry.Name,
                "Turnstone.Passwords",
                Store.MeterName,
                "Microsoft.AspNetCore.Hosting",
                "Microsoft.AspNetCore.Server.Kestrel",
                "System.Runtime"
            );
        if (sent.IsNamed)
        {
            metrics.AddOtlpExporter(sent.Aim);
        }

        if (scraped)
        {
            metrics.AddPrometheusExporter();
        }

        return metrics.Build();
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
