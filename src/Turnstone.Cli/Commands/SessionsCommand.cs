using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Turnstone.Cli.Issuer;
using Turnstone.Cli.Output;

namespace Turnstone.Cli.Commands;

internal sealed class SessionsCommand : Command
{
    private readonly CommandContext context;

    public SessionsCommand(CommandContext context)
        : base("sessions", "Lists the live sessions of the same key, client or account, newest first.")
    {
        this.context = context;
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        using var open = context.Open(parsed);
        var terminal = context.Terminal;
        var token = await terminal.WaitAsync("Asking for a token", open.TokenAsync(cancellationToken));
        var told = await terminal.WaitAsync(
            $"Asking {open.Profile.Server}",
            OwnSession.AskAsync(
                context,
                open.Profile,
                HttpMethod.Get,
                OwnSession.ListPath,
                token.Value,
                cancellationToken
            )
        );
        if (told is not { ValueKind: JsonValueKind.Object } said || !said.TryGetProperty("sessions", out var sessions))
        {
            throw new CliException(
                ExitCode.Failed,
                "not_told",
                $"{open.Profile.Server} has no call that lists sessions."
            );
        }

        return terminal.Answer(JsonNode.Parse(said.GetRawText())!, Lines(sessions));
    }

    private IEnumerable<string> Lines(JsonElement sessions)
    {
        var now = context.Time.GetUtcNow();
        foreach (var session in sessions.EnumerateArray())
        {
            var mine = session.TryGetProperty("this", out var own) && own.ValueKind is JsonValueKind.True;
            var (id, contract) = (Answers.Text(session, "id"), Answers.Text(session, "contract"));
            yield return $"{(mine ? "*" : " ")} {id}  {contract, -9}  "
                + $"opened {When(session, "opened_at", now)}, last renewed {When(session, "renewed_at", now)}, "
                + $"ends {When(session, "ends_at", now)}";
        }
    }

    private static string When(JsonElement session, string name, DateTimeOffset now) =>
        Answers.Time(session, name) is { } at ? Durations.Moment(at, now) : "at a time unknown";
}
