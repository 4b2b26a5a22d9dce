using System.CommandLine;
using System.Net;
using System.Text.Json.Nodes;
using Turnstone.Cli.Issuer;
using Turnstone.Cli.Profiles;

namespace Turnstone.Cli.Commands;

internal sealed class LogoutCommand : Command
{
    private readonly Option<bool> local = new("--local")
    {
        Description = "Forget the session here, whether the server hears of it or not.",
    };
    private readonly CommandContext context;

    public LogoutCommand(CommandContext context)
        : base("logout", "Ends the session at the server and forgets it here, with the secrets that were kept.")
    {
        this.context = context;
        Add(local);
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        using var open = context.Open(parsed);
        var told =
            !parsed.GetValue(local)
            && open.Stored is { Ended: false } stored
            && await context.Terminal.WaitAsync(
                "Ending the session",
                stored.Refresh is null || open.Profile.Facts.IsStandard
                    ? RevokeAsync(open, stored, cancellationToken)
                    : EndAsync(open, stored.Refresh, cancellationToken)
            );
        await open.ForgetAsync(cancellationToken);
        return context.Terminal.Answer(
            new JsonObject { ["profile"] = open.Name, ["ended_at_server"] = told },
            told
                ? $"Logged out: the session of {open.Name} is over, at the server and here."
                : $"The session of {open.Name} is forgotten here; the server was not told of any."
        );
    }

    private async Task<bool> EndAsync(OpenProfile open, string refresh, CancellationToken cancellationToken) =>
        await OwnSession.AskAsync(context, open.Profile, HttpMethod.Delete, OwnSession.Path, refresh, cancellationToken)
            is not null;

    /// <summary>RFC 7009, which every server of OAuth has.</summary>
    private async Task<bool> RevokeAsync(OpenProfile open, StoredTokens stored, CancellationToken cancellationToken)
    {
        if ((stored.Refresh ?? stored.Access) is not { } token || open.Profile.ClientId is null)
        {
            return false;
        }

        var server = new IssuerDocuments(context.Http, open.Profile.Address);
        var metadata = await server.TryMetadataAsync(cancellationToken);
        var place = metadata?.Endpoint("revocation_endpoint") ?? server.At($"{open.Profile.Contract}/revoke");
        if (metadata?.IsOwn(place) is false)
        {
            throw new CliException(
                ExitCode.Failed,
                "foreign_endpoint",
                $"{open.Profile.Server} would have the tokens revoked at {place}, which is another server: they are "
                    + "not sent there. `turnstone logout --local` forgets the session here."
            );
        }

        var form = open.Credentials.Where(one => one.Key is "client_id" or "client_secret").Append(new("token", token));
        using var answer = await context.Http.PostAsync(place, new FormUrlEncodedContent(form), cancellationToken);
        return answer.IsSuccessStatusCode
            || (
                answer.StatusCode is HttpStatusCode.NotFound
                    ? false
                    : throw Answers.Refused(answer, await Answers.ReadAsync(answer, cancellationToken))
            );
    }
}
