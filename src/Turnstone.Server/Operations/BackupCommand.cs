using System.CommandLine;
using Turnstone.Model;
using Turnstone.Server.Settings;
using Turnstone.Storage;

namespace Turnstone.Server.Operations;

internal sealed class BackupCommand : Command
{
    public BackupCommand(CommandHost context)
        : base(
            "backup",
            "Writes a copy of the embedded database while it is in use. The master key is not in it: "
                + "keep it in another place."
        )
    {
        var file = new Argument<string>("FILE") { Description = "The new file; an existing one is not overwritten." };
        var json = Output.JsonOption();
        Add(file);
        Add(json);
        SetAction(
            (parsed, cancellationToken) =>
                context.RunAsync(
                    async (services, cancel) =>
                    {
                        var path = Path.GetFullPath(parsed.GetValue(file)!);
                        await BackUpAsync(services, context.Output, path, cancel);
                        var bytes = new FileInfo(path).Length;
                        if (parsed.GetValue(json))
                        {
                            context.Output.WriteJson(new { file = path, bytes });
                        }
                        else
                        {
                            context.Output.WriteLine(
                                $"Wrote {path} ({bytes / 1024.0:N0} KiB). Keep the master key "
                                    + "in another place: neither is of use without the other."
                            );
                        }

                        return ExitCode.Done;
                    },
                    cancellationToken
                )
        );
    }

    private static async Task BackUpAsync(
        IServiceProvider services,
        Output output,
        string path,
        CancellationToken cancellationToken
    )
    {
        var store = services.GetRequiredService<Store>();
        await output.ProgressAsync(
            $"Copying {services.GetRequiredService<ServerSettings>().Database}",
            async () =>
            {
                await store.BackupAsync(path, cancellationToken);
                return true;
            }
        );
        var entry = new AuditEntry
        {
            Event = AuditEvent.Backup,
            At = services.GetRequiredService<TimeProvider>().GetUtcNow(),
            Caller = Caller.Operator,
        };
        await store.Audit.AppendAsync(entry, cancellationToken);
    }
}
