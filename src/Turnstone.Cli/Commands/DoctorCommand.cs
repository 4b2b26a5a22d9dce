using System.CommandLine;
using System.Text.Json.Nodes;
using Turnstone.Cli.Doctor;
using Turnstone.Cli.Output;

namespace Turnstone.Cli.Commands;

internal sealed class DoctorCommand : Command
{
    private readonly CommandContext context;

    public DoctorCommand(CommandContext context)
        : base("doctor", "Checks files, network, TLS, clock, discovery, keys and the session, and says what is wrong.")
    {
        this.context = context;
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        using var open = context.Open(parsed);
        var server = new ServerCheck(context, open.Profile, open.Stored);
        List<Finding> found =
        [
            .. FileCheck.Of(context.Folders, open.Name),
            .. await context.Terminal.WaitAsync("Looking", server.LookAsync(cancellationToken)),
            SessionCheck.Of(open, context.Time.GetUtcNow()),
        ];
        var bad = found.Count(one => !one.Good);
        return context.Terminal.Answer(
            new JsonObject
            {
                ["profile"] = open.Name,
                ["findings"] = new JsonArray([
                    .. found.Select(one =>
                        (JsonNode)
                            new JsonObject
                            {
                                ["check"] = one.Check,
                                ["good"] = one.Good,
                                ["message"] = one.Sentence,
                            }
                    ),
                ]),
            },
            [
                .. found.Select(one => $"{Mark(one)} {one.Check}: {one.Sentence}"),
                bad == 0 ? "Nothing is wrong." : $"{bad} of {found.Count} are wrong.",
            ],
            bad == 0 ? ExitCode.Done : ExitCode.Unwell
        );
    }

    private string Mark(Finding one) => context.Terminal.Mark(one.Good, one.Good ? "ok   " : "WRONG");
}
