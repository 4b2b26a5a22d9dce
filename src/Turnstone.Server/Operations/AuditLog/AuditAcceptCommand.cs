using System.CommandLine;
using Turnstone.Audit;
using Turnstone.Model;

namespace Turnstone.Server.Operations.AuditLog;

/// <summary>
/// Has the log signed as it is, after somebody has looked at what is wrong with it. The record says so, and what was
/// published before still shows it.
/// </summary>
internal sealed class AuditAcceptCommand : Command
{
    private readonly Option<string> reason = new("--reason")
    {
        Description = "What was found, for the audit log; no secrets.",
        Required = true,
    };

    private readonly Option<bool> json = Output.JsonOption();

    public AuditAcceptCommand(CommandHost context)
        : base("accept", "Signs the audit log as it is, although it is not what was sealed.")
    {
        Add(reason);
        Add(json);
        reason.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is not { Length: > 0 and <= 200 })
            {
                result.AddError("--reason has 1 to 200 characters.");
            }
        });
        SetAction(
            (parsed, cancellationToken) =>
                context.RunAsync(
                    async (services, cancel) =>
                    {
                        await AcceptAsync(services, parsed.GetValue(reason)!, cancel);
                        Say(context.Output, parsed.GetValue(json));
                        return ExitCode.Done;
                    },
                    cancellationToken
                )
        );
    }

    private static void Say(Output output, bool asJson)
    {
        if (asJson)
        {
            output.WriteJson(new { accepted = true });
        }
        else
        {
            output.WriteLine(
                "The audit log is signed as it is now. Begin a new file of checkpoints, and keep the old one with the "
                    + "reason."
            );
        }
    }

    // The entry first: it is among what is signed, or right behind it.
    private static async Task AcceptAsync(IServiceProvider services, string reason, CancellationToken cancellationToken)
    {
        var entry = new AuditEntry
        {
            Event = AuditEvent.AuditLogAccepted,
            At = services.GetRequiredService<TimeProvider>().GetUtcNow(),
            Caller = Caller.Operator,
            Detail = reason,
        };
        await services.GetRequiredService<IAuditLog>().AppendAsync(entry, cancellationToken);
        await services.GetRequiredService<AuditSeal>().AcceptAsync(cancellationToken);
    }
}
