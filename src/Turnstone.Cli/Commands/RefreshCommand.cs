using System.CommandLine;
using System.Text.Json.Nodes;
using Turnstone.Cli.Output;

namespace Turnstone.Cli.Commands;

internal sealed class RefreshCommand : Command
{
    private readonly CommandContext context;

    public RefreshCommand(CommandContext context)
        : base("refresh", "Renews the session now, as after a 401 of an API.")
    {
        this.context = context;
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        using var open = context.Open(parsed);
        var before = open.Stored?.Access;
        var token = await context.Terminal.WaitAsync("Renewing the session", open.TokenAsync(cancellationToken));

        // Whoever finds it renewed since, by itself or by somebody else, has what it came for.
        if (token.Value == before)
        {
            token = await context.Terminal.WaitAsync(
                "Renewing the session",
                open.Session.GetAccessTokenAsync(token, cancellationToken)
            );
        }

        return context.Terminal.Answer(
            new JsonObject { ["profile"] = open.Name, ["expires_at"] = token.ExpiresAt },
            $"Renewed. The access token is good until {Durations.Text(token.ExpiresAt)}."
        );
    }
}
