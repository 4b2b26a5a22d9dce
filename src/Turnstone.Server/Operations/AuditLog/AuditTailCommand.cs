using System.CommandLine;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Turnstone.Audit;
using Turnstone.Model;

namespace Turnstone.Server.Operations.AuditLog;

/// <summary>Prints entries as they are sealed, each once, for a program that collects them.</summary>
internal sealed class AuditTailCommand : Command
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly Option<string?> state = new("--state")
    {
        Description = "A file that remembers how far it came: the next call goes on from there.",
    };
    private readonly Option<bool> all = new("--all") { Description = "Begin with the oldest entry." };
    private readonly Option<bool> once = new("--once") { Description = "End when nothing is left to print." };
    private readonly Option<bool> json = Output.JsonOption();
    private readonly Output output;

    public AuditTailCommand(CommandHost context)
        : base("tail", "Prints new entries of the audit log as they are sealed, a line each.")
    {
        output = context.Output;
        foreach (var option in new Option[] { state, all, once, json })
        {
            Add(option);
        }

        SetAction(
            (parsed, cancellationToken) =>
                context.RunAsync((services, cancel) => FollowAsync(parsed, services, cancel), cancellationToken)
        );
    }

    private async Task<int> FollowAsync(
        ParseResult parsed,
        IServiceProvider services,
        CancellationToken cancellationToken
    )
    {
        var log = services.GetRequiredService<ISealedLog>();
        var file = new TailState(parsed.GetValue(state));
        if (await file.PlacesAsync(cancellationToken) is not { } places)
        {
            return output.Refuse($"{parsed.GetValue(state)} is not a file of audit tail --state.");
        }

        foreach (var chain in (await log.StateAsync(cancellationToken)).Chains)
        {
            places.TryAdd(chain.Chain, parsed.GetValue(all) ? chain.First : chain.Next);
        }

        while (true)
        {
            var any = false;
            foreach (var chain in AuditChains.All)
            {
                var entries = await log.FollowAsync(chain, places[chain], cancellationToken);
                foreach (var (number, entry) in entries)
                {
                    Print(chain, number, entry, parsed.GetValue(json));
                    places[chain] = number + 1;
                }

                any |= entries.Count > 0;
            }

            await output.Text.FlushAsync(cancellationToken);
            await file.SaveAsync(places, cancellationToken);
            if (!any && parsed.GetValue(once))
            {
                return ExitCode.Done;
            }

            if (!any)
            {
                await Task.Delay(Pause, services.GetRequiredService<TimeProvider>(), cancellationToken);
            }
        }
    }

    private void Print(AuditChain chain, long number, AuditEntry entry, bool asJson)
    {
        var line = AuditLine.Of(entry);
        if (!asJson)
        {
            output.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{line.At:u} {line.Event} {line.Refused ?? "done"} {line.Network} {line.AccountId} "
                        + $"{line.ClientId} {line.ApiKeyId} {line.Detail}"
                )
            );
            return;
        }

        var members = JsonSerializer.SerializeToNode(line, Json)!.AsObject();
        members.Insert(0, "chain", chain.ToString().ToLowerInvariant());
        members.Insert(1, "number", number);
        output.WriteLine(members.ToJsonString(Json));
    }
}
