using Turnstone.Server.Hosting;
using Turnstone.Server.Settings;
using Turnstone.Server.Telemetry;
using Turnstone.Storage;

namespace Turnstone.Server.Operations;

/// <summary>The host of the commands, with the same settings, master keys and store as the server.</summary>
internal sealed class CommandHost(string[] hostArguments, ServerPlan plan)
{
    /// <summary>Builds the server without starting it.</summary>
    public WebApplication Build()
    {
        var builder = CreateBuilder(toStandardError: false);
        var app = builder.Build();
        plan.Endpoints(app);
        return app;
    }

    /// <summary>
    /// Runs a command while servers may be running. An empty store is migrated first. A store that needs an upgrade is
    /// left to <c>migrate</c>, because its servers may still run the old version.
    /// </summary>
    public async Task<int> RunAsync(
        Func<IServiceProvider, CancellationToken, Task<int>> work,
        CancellationToken cancellationToken,
        bool storeReady = true
    )
    {
        await using var app = CreateBuilder(toStandardError: true).Build();
        if (storeReady)
        {
            await ReadyAsync(
                app.Services.GetRequiredService<Store>(),
                app.Services.GetRequiredService<ServerSettings>(),
                cancellationToken
            );
        }

        return await work(app.Services, cancellationToken);
    }

    private WebApplicationBuilder CreateBuilder(bool toStandardError)
    {
        var builder = ServerHost.CreateBuilder(hostArguments);
        var settings = ServerSettings.Read(builder.Configuration, builder.Environment, plan.Contracts);
        builder.Logging.AddLogOutput(settings.Production, toStandardError);
        builder.Services.AddCore(settings).WaitForRequests(settings.Turnstone);
        plan.Services(builder.Services);

        // Last, because every feature with pages or cookies registers the default data protection again.
        MasterKeyProtection.AddTo(builder.Services);
        return builder;
    }

    private static async Task ReadyAsync(Store store, ServerSettings settings, CancellationToken cancellationToken)
    {
        var isNew = settings.Database.File is { } file && !File.Exists(file);
        var status = isNew ? null : await store.Migrations.StatusAsync(cancellationToken);
        if (status is null or { Applied: 0 })
        {
            await store.Migrations.ApplyAsync(cancellationToken);
        }
        else if (status.Pending > 0)
        {
            throw new StoreUnavailableException(
                $"The store is at version {status.Applied} and this program at {status.Known}: "
                    + "run turnstone-server migrate first."
            );
        }
        else if (status.Applied > status.Known)
        {
            throw new StoreTooNewException(status.Applied, status.Known);
        }
    }
}
