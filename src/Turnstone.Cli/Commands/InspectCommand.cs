using System.CommandLine;
using System.Text.Json.Nodes;
using Turnstone.Cli.Issuer;

namespace Turnstone.Cli.Commands;

internal sealed class InspectCommand : Command
{
    private readonly Argument<string?> token = TokenArgument.Make();
    private readonly CommandContext context;

    public InspectCommand(CommandContext context)
        : base("inspect", "Explains an access token here, and verifies it against the server's keys.")
    {
        this.context = context;
        Add(token);
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        using var open = context.Open(parsed);
        var text = TokenArgument.Read(context, parsed.GetValue(token), open);
        var jwt = Jwt.Read(text) ?? throw NotReadable(text);
        var now = context.Time.GetUtcNow();
        var verdict = await context.Terminal.WaitAsync(
            "Fetching the server's keys",
            TokenVerdict.OfAsync(jwt, new IssuerDocuments(context.Http, open.Profile.Address), now, cancellationToken)
        );
        string[] words = [.. TokenWords.Of(jwt, now)];
        return context.Terminal.Answer(
            new JsonObject
            {
                ["genuine"] = verdict.Genuine,
                ["good"] = verdict.Good,
                ["message"] = verdict.Sentence,
                ["header"] = JsonNode.Parse(jwt.Header.GetRawText()),
                ["claims"] = JsonNode.Parse(jwt.Claims.GetRawText()),
                ["words"] = new JsonArray([.. words.Select(line => (JsonNode)line)]),
            },
            [context.Terminal.Mark(verdict.Good, verdict.Sentence), .. words],
            verdict.Good ? ExitCode.Done : ExitCode.NotGood
        );
    }

    private static CliException NotReadable(string text) =>
        text.StartsWith("tsr_", StringComparison.Ordinal)
            ? new(
                ExitCode.NotGood,
                "refresh_token",
                "This is a refresh token: only the server can read it. Ask turnstone why - what became of its session."
            )
            : new(ExitCode.NotGood, "not_a_token", "This is not a JSON Web Token: it is not three parts in base64url.");
}
