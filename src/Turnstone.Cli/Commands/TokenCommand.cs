using System.CommandLine;
using System.Text.Json.Nodes;
using Turnstone.Client;

namespace Turnstone.Cli.Commands;

internal sealed class TokenCommand : Command
{
    private readonly Workplace workplace;

    public TokenCommand(Workplace workplace)
        : base("token", "Prints an access token that is good, renewed first if need be: once for all that ask.")
    {
        this.workplace = workplace;
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        using var open = workplace.Open(parsed);
        var token = await workplace.Terminal.WaitAsync("Asking for a token", open.TokenAsync(cancellationToken));
        return workplace.Terminal.Answer(ToJson(token), token.Value);
    }

    public static JsonObject ToJson(AccessToken token) =>
        new()
        {
            ["access_token"] = token.Value,
            ["token_type"] = "Bearer",
            ["expires_at"] = token.ExpiresAt,
        };
}
