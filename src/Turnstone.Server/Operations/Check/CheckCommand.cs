using System.CommandLine;
using Turnstone.Model;
using Turnstone.Server.Hosting;
using Turnstone.Server.Mail;
using Turnstone.Server.Settings;
using Turnstone.Storage;
using Turnstone.Tokens.Keys;

namespace Turnstone.Server.Operations.Check;

/// <summary>Looks at everything that a server needs, tells all of it at once, and changes nothing.</summary>
internal sealed class CheckCommand : Command
{
    private readonly Option<bool> json = Output.JsonOption();
    private readonly Option<bool> offline = new("--offline")
    {
        Description = "Leave out the service as seen from outside: before the first start.",
    };
    private readonly Option<string?> mailTo = new("--mail-to")
    {
        Description = "Send an email to this address; without it the mail server is only asked.",
    };

    public CheckCommand(CommandHost context)
        : base(
            "check",
            "Looks at settings, master key, database, clock, mail, disk, limits and at the service from outside; says "
                + "of each whether it is right and what to do. Changes nothing."
        )
    {
        Add(json);
        Add(offline);
        Add(mailTo);
        mailTo.Validators.Add(result =>
        {
            if (!Mailbox.TryParse(result.GetValueOrDefault<string>() ?? "", out _))
            {
                result.AddError("--mail-to is no address.");
            }
        });
        SetAction(
            (parsed, cancellationToken) =>
                context.InspectAsync(
                    async (services, problems, cancel) =>
                        FindingsPage.Write(
                            context.Output,
                            await LookAsync(Inspections(parsed, services, problems), cancel),
                            parsed.GetValue(json)
                        ),
                    cancellationToken
                )
        );
    }

    private IEnumerable<Inspection> Inspections(
        ParseResult parsed,
        IServiceProvider services,
        IReadOnlyList<string> problems
    )
    {
        var settings = services.GetRequiredService<ServerSettings>();
        var time = services.GetRequiredService<TimeProvider>();
        yield return new SettingsInspection(settings, problems, services.GetRequiredService<IConfiguration>());
        yield return new KeyInspection(settings, services.GetRequiredService<SigningKeyRing>);
        yield return new DatabaseInspection(settings, services.GetRequiredService<Store>);
        yield return new MachineInspection(settings);
        yield return new MailInspection(
            settings,
            services.GetRequiredService<SmtpPost>(),
            time,
            services.GetRequiredService<RandomSource>(),
            parsed.GetValue(mailTo)
        );
        if (!parsed.GetValue(offline) && Uri.TryCreate(settings.Turnstone.Issuer, UriKind.Absolute, out _))
        {
            yield return new OutsideInspection(settings, time, services.GetRequiredService<SeenByServer>);
        }
    }

    private static async Task<IReadOnlyList<Finding>> LookAsync(
        IEnumerable<Inspection> inspections,
        CancellationToken cancellationToken
    )
    {
        List<Finding> found = [];
        foreach (var inspection in inspections)
        {
            try
            {
                found.AddRange(await inspection.LookAsync(cancellationToken));
            }
#pragma warning disable CA1031 // one area that cannot be looked at does not keep the others from being told
            catch (Exception problem) when (problem is not OperationCanceledException)
#pragma warning restore CA1031
            {
                var sentence = problem is SettingsException wrong ? string.Join(' ', wrong.Problems) : problem.Message;
                found.Add(
                    new(
                        inspection.Area,
                        FindingState.Failed,
                        sentence,
                        "Put right what else has failed, and look again."
                    )
                );
            }
        }

        return found;
    }
}
