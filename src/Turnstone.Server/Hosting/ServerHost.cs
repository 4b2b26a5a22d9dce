using Microsoft.AspNetCore.Server.Kestrel.Core;
using Turnstone.Server.Hosting.Connections;
using Turnstone.Server.Settings;

namespace Turnstone.Server.Hosting;

/// <summary>The host: its configuration sources, its socket limits, its shutdown.</summary>
public static class ServerHost
{
    // Settings are read once. Watching the working directory would wake a thread at every write to a database in it.
    private const string ReadOnce = "--hostBuilder:reloadConfigOnChange=false";

    // How long a request's head may take. Kestrel checks once a second and adds a second.
    private static readonly TimeSpan HeadWithin = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan HeadCheckDelay = TimeSpan.FromSeconds(2);

    /// <summary>
    /// A host for these arguments (<c>--urls</c>, <c>--Turnstone:Issuer=…</c>). The environment is the one given;
    /// otherwise Development for a debug build (<c>dotnet run</c>) and Production for a release build
    /// (<c>dotnet publish</c>).
    /// </summary>
    public static WebApplicationBuilder CreateBuilder(string[] args)
    {
        var builder = WebApplication.CreateBuilder(
            new WebApplicationOptions
            {
                Args = [.. args, ReadOnce],
                EnvironmentName = NamesEnvironment(args) ? null : DefaultEnvironment,
            }
        );
        if (
            string.IsNullOrEmpty(builder.Configuration[WebHostDefaults.ServerUrlsKey])
            && !builder.Configuration.GetSection("Kestrel:Endpoints").Exists()
            && string.IsNullOrEmpty(builder.Configuration["HTTP_PORTS"])
            && string.IsNullOrEmpty(builder.Configuration["HTTPS_PORTS"])
        )
        {
            builder.WebHost.UseUrls(ServerSettings.DefaultUrl);
        }

        builder.WebHost.ConfigureKestrel(Limit);
        builder.Services.AddConnectionBounds();
        return builder;
    }

    /// <summary>How long a stopping host waits for the load balancer and then for requests in progress.</summary>
    public static void WaitForRequests(this IServiceCollection services, TurnstoneSettings settings) =>
        services.Configure<HostOptions>(options =>
            options.ShutdownTimeout = TimeSpan.FromSeconds(settings.DrainSeconds + settings.ShutdownSeconds)
        );

    private static void Limit(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = 64 * 1024;
        kestrel.Limits.MaxRequestHeadersTotalSize = 24 * 1024;
        kestrel.Limits.MaxRequestHeaderCount = 64;
        kestrel.Limits.RequestHeadersTimeout = HeadWithin - HeadCheckDelay;
        kestrel.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(120);
        kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(
            bytesPerSecond: 240,
            gracePeriod: TimeSpan.FromSeconds(5)
        );
    }

    private static bool NamesEnvironment(string[] args) =>
        Array.Exists(args, arg => arg.StartsWith("--environment", StringComparison.OrdinalIgnoreCase))
        || !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("ASPNETCORE_ENVIRONMENT"))
        || !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("DOTNET_ENVIRONMENT"));

#if DEBUG
    private static string DefaultEnvironment => Environments.Development;
#else
    private static string DefaultEnvironment => Environments.Production;
#endif
}
