using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Turnstone.Server.Settings;

namespace Turnstone.Server.Telemetry;

/// <summary>
/// <c>/metrics</c> for Prometheus, on a listener of its own: the public port has no route to it, so that no proxy can
/// make it public by accident.
/// </summary>
public sealed class MetricsEndpoint(TurnstoneSettings settings, TelemetryExport export, ILogger<MetricsEndpoint> log)
    : IHostedService,
        IAsyncDisposable
{
    // Prometheus, its second, and somebody who looks: no crowd may take the connections of the service.
    private const int Connections = 16;

    private WebApplication? app;

    /// <exception cref="IOException">The address is in use.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (settings.Telemetry.Metrics.Length == 0)
        {
            return;
        }

        var url = new Uri(settings.Telemetry.Metrics);
        var address = IPAddress.Parse(url.DnsSafeHost);

        // Empty: neither ASPNETCORE_URLS nor appsettings.json, which are about the service, is read here.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxConcurrentConnections = Connections;
            kestrel.Limits.MaxRequestBodySize = 0;
            kestrel.Listen(address, url.Port);
        });
        app = builder.Build();

        // Scrapes are none of the requests that are measured.
        app.Use(
            (context, next) =>
            {
                context.Features.Get<IHttpMetricsTagsFeature>()?.MetricsDisabled = true;
                return next(context);
            }
        );
        app.UseOpenTelemetryPrometheusScrapingEndpoint(export.Meters, null, "/metrics", null, null);
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch (IOException taken) when (taken.InnerException is AddressInUseException)
        {
            throw new IOException(
                $"Turnstone:Telemetry:Metrics is {settings.Telemetry.Metrics}: {taken.Message}",
                taken
            );
        }

        var listens = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        if (IPAddress.IsLoopback(address))
        {
            log.MetricsServed(listens.Single());
        }
        else
        {
            log.MetricsServedToOthers(listens.Single());
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) =>
        app?.StopAsync(cancellationToken) ?? Task.CompletedTask;

    public ValueTask DisposeAsync() => app?.DisposeAsync() ?? ValueTask.CompletedTask;
}
