using Turnstone.Server.Hosting;
using Turnstone.Server.Settings;
using Turnstone.Storage;

namespace Turnstone.Server.Operations;

/// <summary>The host of the commands, with the same settings, master keys and store as the server.</summary>
internal sealed class CommandHost(string[] hostArguments, ServerPlan plan, Output output)
{
    public Output Output => output;

    /// <summary>The connection string that the settings have; null if they have none.</summary>
    public string? Connection =>
        ServerHost.CreateBuilder(hostArguments).Configuration.GetConnectionString("Turnstone") is { Length: > 0 } text
            ? text
            : null;

    public bool HasIssuer =>
        !string.IsNullOrEmpty(
            ServerHost.CreateBuilder(hostArguments).Configuration[$"{TurnstoneSettings.Section}:Issuer"]
        );

    /// <summary>The same with more settings.</summary>
    public CommandHost With(params string[] settings) => new([.. hostArguments, .. settings], plan, output);

    /// <summary>Builds the server without starting it. In Development it makes the master key of a new store.</summary>
    public WebApplication Build() => ServerHost.Build(hostArguments, PlanWithOutput);

    /// <summary>
    /// Runs a command while servers may be running. A store that is not there is left to <c>init</c>, and one that
    /// needs an upgrade to <c>migrate</c>, because its servers may still run the old version.
    /// </summary>
    public async Task<int> RunAsync(
        Func<IServiceProvider, CancellationToken, Task<int>> work,
        CancellationToken cancellationToken,
        StoreNeed needs = StoreNeed.Current
    )
    {
        await using var app = ServerHost.CreateBuilder(hostArguments, PlanWithOutput, toStandardError: true).Build();
        if (needs > StoreNeed.None)
        {
            var settings = app.Services.GetRequiredService<ServerSettings>();
            NoStore.RefuseWithoutFile(settings);
            var store = app.Services.GetRequiredService<Store>();
            await Pooler.RefuseAsync(store, cancellationToken);
            var status = await NoStore.RefuseAsync(store, settings, cancellationToken);
            if (needs is StoreNeed.Current)
            {
                RequireCurrent(status);

                // From here on the command goes by the database's time.
                await store.Clock.IsRightAsync(cancellationToken);
            }
        }

        var code = await work(app.Services, cancellationToken);
        if (
            needs > StoreNeed.None
            && app.Services.GetRequiredService<Store>().Journal is { Failure: { } failure } journal
        )
        {
            await output.Error.WriteLineAsync(
                $"turnstone-server: The journal of revocations in {journal.Folder} cannot be written: {failure} "
                    + "The store has what was ended; a server writes it down when it runs."
            );
        }

        return code;
    }

    /// <summary>
    /// Runs a command that also says what is wrong with the settings: it gets them as far as they can be read, and the
    /// problems.
    /// </summary>
    public async Task<int> InspectAsync(
        Func<IServiceProvider, IReadOnlyList<string>, CancellationToken, Task<int>> work,
        CancellationToken cancellationToken
    )
    {
        var builder = ServerHost.CreateBuilder(hostArguments);
        var (settings, problems) = ServerSettings.ReadAll(builder.Configuration, builder.Environment, plan.Contracts);
        await using var app = builder.AddServer(settings, PlanWithOutput, toStandardError: true).Build();
        return await work(app.Services, problems, cancellationToken);
    }

    private ServerPlan PlanWithOutput =>
        plan with
        {
            Services = services =>
            {
                services.AddSingleton(output);
                plan.Services(services);
            },
        };

    private static void RequireCurrent(MigrationStatus status)
    {
        if (status.Pending > 0)
        {
            throw new StoreUnavailableException(
                $"The store is at version {status.Applied} and this program at {status.Known}: "
                    + "run turnstone-server migrate first."
            );
        }

        StoreMigrations.Require(status);
    }
}

/// <summary>What a command needs of the store before it begins.</summary>
internal enum StoreNeed
{
    /// <summary>Nothing: it may have to be made.</summary>
    None,

    /// <summary>That there is one, of any version.</summary>
    Any,

    /// <summary>That it is at the version of this program.</summary>
    Current,
}
