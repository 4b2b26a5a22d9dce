namespace Turnstone.Server.Telemetry;

public static class TelemetryServices
{
    public static IServiceCollection AddTelemetry(this IServiceCollection services) =>
        services.AddHostedService<TelemetryExport>();
}
