using Microsoft.AspNetCore.Server.Kestrel.Core;
using Turnstone.Model;
using Turnstone.Server.Hosting.Connections;
using Turnstone.Server.Settings;
using Turnstone.Server.Telemetry;

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
        // Slim: without IIS, HTTP/3 and the files of packages, which nothing here uses and which would be loaded.
        var builder = WebApplication.CreateSlimBuilder(
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

        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(Limit);
        builder.Services.AddConnectionBounds();
        return builder;
    }

    /// <summary>The same with the services of a plan, by the settings that its configuration has.</summary>
    /// <exception cref="SettingsException">They are wrong.</exception>
    public static WebApplicationBuilder CreateBuilder(string[] args, ServerPlan plan, bool toStandardError = false)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var builder = CreateBuilder(args);
        var settings = ServerSettings.Read(builder.Configuration, builder.Environment, plan.Contracts);
        return builder.AddServer(settings, plan, toStandardError);
    }

    public static WebApplicationBuilder AddServer(
        this WebApplicationBuilder builder,
        ServerSettings settings,
        ServerPlan plan,
        bool toStandardError
    )
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(plan);
        builder.Logging.AddLogOutput(settings.Production, toStandardError);
        builder.Services.AddCore(settings).WaitForRequests(settings.Turnstone);
        plan.Services(builder.Services);

        // Last, because every feature with pages or cookies registers the default data protection again.
        MasterKeyProtection.AddTo(builder.Services);
        return builder;
    }

    /// <summary>A server that is not started yet. In Development it makes the master key of a new store.</summary>
    public static WebApplication Build(string[] args, ServerPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var app = CreateBuilder(args, plan).Build();
        var settings = app.Services.GetRequiredService<ServerSettings>();
        if (settings.Production)
        {
            NoStore.RefuseWithoutFile(settings);
        }
        else
        {
            MasterKeys.EnsureMade(settings, app.Services.GetRequiredService<RandomSource>());
        }

        plan.Endpoints(app);
        return app;
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
