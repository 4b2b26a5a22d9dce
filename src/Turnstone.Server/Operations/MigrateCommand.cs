using System.CommandLine;
using Turnstone.Storage;

namespace Turnstone.Server.Operations;

internal sealed class MigrateCommand : Command
{
    public MigrateCommand(CommandHost context)
        : base(
            "migrate",
            "Migrates the store to the version of this program. A server does this at start, too; nodes take turns."
        )
    {
        var json = Output.JsonOption();
        Add(json);
        SetAction(
            (parsed, cancellationToken) =>
                context.RunAsync(
                    async (services, cancel) =>
                    {
                        var migrations = services.GetRequiredService<Store>().Migrations;
                        var applied = await context.Output.ProgressAsync(
                            "Migrating the store",
                            () => migrations.ApplyAsync(cancel)
                        );
                        var status = await migrations.StatusAsync(cancel);
                        if (parsed.GetValue(json))
                        {
                            context.Output.WriteJson(new { applied, version = status.Applied });
                        }
                        else
                        {
                            context.Output.WriteLine(
                                applied == 0
                                    ? $"Nothing to do: the store is at version {status.Applied}."
                                    : $"Applied {applied}: the store is at version {status.Applied}."
                            );
                        }

                        return ExitCode.Done;
                    },
                    cancellationToken,
                    StoreNeed.Any
                )
        );
    }
}
