namespace Turnstone.Server.Telemetry;

public static class TelemetryServices
{
    public static IServiceCollection AddTelemetry(this IServiceCollection services) =>
        services
            .AddSingleton<TelemetryExport>()
            .AddHostedService(provider => provider.GetRequiredService<TelemetryExport>())
            .AddHostedService<MetricsEndpoint>();
}
