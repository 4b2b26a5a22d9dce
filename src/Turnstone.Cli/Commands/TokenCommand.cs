using System.CommandLine;
using System.Text.Json.Nodes;
using Turnstone.Client;

namespace Turnstone.Cli.Commands;

internal sealed class TokenCommand : Command
{
    private readonly CommandContext context;

    public TokenCommand(CommandContext context)
        : base("token", "Prints an access token that is good, renewed first if need be: once for all that ask.")
    {
        this.context = context;
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        using var open = context.Open(parsed);
        var token = await context.Terminal.WaitAsync("Asking for a token", open.TokenAsync(cancellationToken));
        return context.Terminal.Answer(ToJson(token), token.Value);
    }

    public static JsonObject ToJson(AccessToken token) =>
        new()
        {
            ["access_token"] = token.Value,
            ["token_type"] = "Bearer",
            ["expires_at"] = token.ExpiresAt,
        };
}
