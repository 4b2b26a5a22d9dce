using System.CommandLine;
using System.Text;
using Turnstone.Audit;
using Turnstone.Model;
using Turnstone.Server.Hosting;
using Turnstone.Server.Settings;
using Turnstone.Storage;
using Turnstone.Tokens.Keys;

namespace Turnstone.Server.Operations.AuditLog;

/// <summary>
/// Compares the audit log with its checkpoints (docs/audit.md). With the public keys in a file no master key is needed.
/// </summary>
internal sealed class AuditVerifyCommand : Command
{
    private readonly Option<string?> keys = new("--keys")
    {
        Description = "A file with the public keys, as /.well-known/audit-jwks.json has them; without it, the store's.",
    };
    private readonly Option<string?> checkpoints = new("--checkpoints")
    {
        Description = "The file of checkpoints that were published; with it a removed end is found.",
    };
    private readonly Option<bool> json = Output.JsonOption();
    private readonly Output output;

    public AuditVerifyCommand(CommandHost context)
        : base("verify", "Says whether an entry of the audit log was changed, removed or put in, and which.")
    {
        output = context.Output;
        foreach (var option in new Option[] { keys, checkpoints, json })
        {
            Add(option);
        }

        SetAction(
            (parsed, cancellationToken) =>
                context.RunAsync(
                    (services, cancel) => VerifyAsync(parsed, services, cancel),
                    cancellationToken,
                    StoreNeed.None
                )
        );
    }

    private async Task<int> VerifyAsync(
        ParseResult parsed,
        IServiceProvider services,
        CancellationToken cancellationToken
    )
    {
        var settings = services.GetRequiredService<ServerSettings>();
        NoStore.RefuseWithoutFile(settings);
        await using var store = Store.Open(
            settings.Turnstone.Storage.ToOptions(settings.Database) with
            {
                JournalFolder = null,
            },
            services.GetRequiredService<TimeProvider>(),
            RandomSource.System
        );
        await NoStore.RefuseAsync(store, settings, cancellationToken);
        if (await store.SealedLog.CheckpointAsync(cancellationToken) is not { } newest)
        {
            return output.Refuse("There is no checkpoint yet: a server that runs makes one within seconds.");
        }

        var text = parsed.GetValue(keys) is { } file
            ? await File.ReadAllTextAsync(file, cancellationToken)
            : Encoding.UTF8.GetString(
                (await services.GetRequiredService<AuditKeys>().DocumentAsync(cancellationToken)).Span
            );
        if (!VerificationKeys.TryRead(text, out var known, out var problem))
        {
            return output.Refuse($"The public keys cannot be read: {problem}");
        }

        List<AuditCheckpoint?> published =
        [
            .. parsed.GetValue(checkpoints) is { } lines
                ? (await File.ReadAllLinesAsync(lines, cancellationToken))
                    .Where(line => line.Length > 0)
                    .Select(AuditCheckpoint.OfLine)
                : [],
        ];
        List<string> faults = [.. FaultsOf(newest, "The store's newest checkpoint", known)];
        faults.AddRange(published.SelectMany((one, i) => FaultsOf(one, $"Checkpoint {i + 1} of the file", known)));
        if (faults.Count == 0)
        {
            var inspection = await output.ProgressAsync(
                "Reading the audit log…",
                () =>
                    store.SealedLog.InspectAsync(
                        AuditCheckpoint.Read(newest.Text)!.Value.State,
                        [.. published.Select(one => AuditCheckpoint.Read(one!.Text)!.Value.State)],
                        cancellationToken
                    )
            );
            return Say(inspection, newest, parsed.GetValue(json));
        }

        return Say(new AuditInspection(0, 0, 0, faults), newest, parsed.GetValue(json));
    }

    private static IEnumerable<string> FaultsOf(AuditCheckpoint? checkpoint, string name, VerificationKeys known)
    {
        if (checkpoint is null || AuditCheckpoint.Read(checkpoint.Text) is null)
        {
            yield return $"{name} cannot be read.";
        }
        else if (!known.Verify("ES256", checkpoint.Kid, Encoding.UTF8.GetBytes(checkpoint.Text), checkpoint.Signature))
        {
            yield return $"{name} is not signed by one of the keys.";
        }
    }

    private int Say(AuditInspection inspection, AuditCheckpoint newest, bool asJson)
    {
        var at = AuditCheckpoint.Read(newest.Text)?.At;
        if (asJson)
        {
            output.WriteJson(
                new
                {
                    Checkpoint = at,
                    inspection.Entries,
                    inspection.AfterCheckpoint,
                    inspection.Waiting,
                    inspection.Faults,
                }
            );
        }
        else
        {
            foreach (var fault in inspection.Faults)
            {
                output.WriteLine(fault);
            }

            output.WriteLine(
                inspection.Faults.Count > 0
                    ? "The audit log is not what was sealed."
                    : $"{inspection.Entries} entries are as they were sealed, by the checkpoint of {at:u}. "
                        + $"{inspection.AfterCheckpoint} came after it, {inspection.Waiting} wait to be sealed."
            );
        }

        return inspection.Faults.Count == 0 ? ExitCode.Done : ExitCode.NotAsSealed;
    }
}
