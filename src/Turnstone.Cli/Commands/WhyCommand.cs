using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Turnstone.Cli.Issuer;
using Turnstone.Cli.Profiles;

namespace Turnstone.Cli.Commands;

internal sealed class WhyCommand : Command
{
    private readonly Argument<string?> token = TokenArgument.Make();
    private readonly CommandContext context;

    public WhyCommand(CommandContext context)
        : base("why", "Asks the server what became of a token and its session.")
    {
        this.context = context;
        Add(token);
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        using var open = context.Open(parsed);
        var text = TokenArgument.Read(context, parsed.GetValue(token), open);
        var told = await context.Terminal.WaitAsync(
            $"Asking {open.Profile.Server}",
            OwnSession.AskAsync(context, open.Profile, HttpMethod.Get, OwnSession.Path, text, cancellationToken)
        );
        return told is { } said ? Tell(said) : TellWhatIsKnownHere(open);
    }

    private int Tell(JsonElement said)
    {
        string?[] sentences =
        [
            Answers.Text(said, "token_description"),
            Answers.Text(said, "description"),
            Answers.Text(said, "next_step"),
        ];
        return context.Terminal.Answer(
            JsonNode.Parse(said.GetRawText())!,
            sentences.OfType<string>(),
            Answers.Text(said, "state") is "live" ? ExitCode.Done : ExitCode.NotGood
        );
    }

    /// <summary>A server of somebody else's.</summary>
    private int TellWhatIsKnownHere(OpenProfile open)
    {
        var stored = open.Stored;
        var (state, sentence) =
            stored is null ? ("none", "There is no session here.")
            : stored.Ended ? ("ended", $"The session has ended{(stored.EndedCode is { } code ? $" ({code})" : "")}.")
            : ("live", "As far as is known here the session stands.");
        return context.Terminal.Answer(
            new JsonObject
            {
                ["state"] = state,
                ["description"] = sentence,
                ["asked"] = false,
            },
            [$"{open.Profile.Server} has no call that tells what became of a session.", sentence],
            state is "live" ? ExitCode.Done : ExitCode.NotGood
        );
    }
}
