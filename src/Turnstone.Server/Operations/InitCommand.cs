using System.CommandLine;
using Turnstone.Model;
using Turnstone.Server.Hosting;
using Turnstone.Server.Settings;
using Turnstone.Storage;

namespace Turnstone.Server.Operations;

/// <summary>Makes a store. Every other command, and a server in Production, refuses where there is none.</summary>
internal sealed class InitCommand : Command
{
    private readonly Option<bool> json = Output.JsonOption();
    private readonly Output output;

    public InitCommand(CommandHost workplace)
        : base(
            "init",
            "Makes a new store, and its master key if the settings have none. A store that is there is left as it is."
        )
    {
        output = workplace.Output;
        Add(json);
        SetAction(
            (parsed, cancellationToken) =>
                workplace.RunAsync(
                    async (services, cancel) =>
                    {
                        Show(await MakeAsync(services, cancel), parsed.GetValue(json));
                        return ExitCode.Done;
                    },
                    cancellationToken,
                    StoreNeed.None
                )
        );
    }

    // Two at once take turns: whoever applies nothing finds what the other has made.
    private static async Task<Made> MakeAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var settings = services.GetRequiredService<ServerSettings>();

        // Before the store is opened, which makes the file of an embedded one.
        var key = MasterKeys.EnsureMade(settings, services.GetRequiredService<RandomSource>());
        var store = services.GetRequiredService<Store>();
        await Pooler.RefuseAsync(store, cancellationToken);
        var migrations = store.Migrations;
        var status = await migrations.StatusAsync(cancellationToken);
        var made = status.Applied == 0 && await migrations.ApplyAsync(cancellationToken) > 0;
        return new Made(
            made,
            settings.Database.ToString(),
            made ? status.Known : (await migrations.StatusAsync(cancellationToken)).Applied,
            key
        );
    }

    private void Show(Made made, bool json)
    {
        if (json)
        {
            output.WriteJson(made);
            return;
        }

        output.WriteLine(
            made.IsNew
                ? $"Made a new store at version {made.Version}: {made.Store}."
                : $"Nothing to do: there is a store at version {made.Version} already: {made.Store}."
        );
        if (made.MasterKey is { } file)
        {
            output.WriteLine(
                $"Made its master key: {file}. Keep a copy in another place: without it the database cannot be used."
            );
        }
    }

    private sealed record Made(bool IsNew, string Store, long Version, string? MasterKey);
}
