using System.CommandLine;
using Turnstone.Credentials;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Revocation;
using Turnstone.Sessions;
using Turnstone.Storage;

namespace Turnstone.Server.Operations;

internal sealed class RevokeCommand : Command
{
    private readonly Option<string?> session = new("--session") { Description = "The session's id: the claim sid." };
    private readonly Option<string?> account = new("--account")
    {
        Description = "Every session of the account with this email.",
    };
    private readonly Option<string?> client = new("--client") { Description = "Every session of this client." };
    private readonly Option<bool> everyone = new("--everyone")
    {
        Description = "Every session there is, and every access token; with --reason.",
    };
    private readonly Option<string?> reason = new("--reason")
    {
        Description = "A reason for the audit log; no secrets.",
    };
    private readonly Option<bool> json = Output.JsonOption();

    public RevokeCommand(CommandHost workplace)
        : base("revoke", "Ends sessions at once. Running servers refuse their access tokens within a second.")
    {
        Add(session);
        Add(account);
        Add(client);
        Add(everyone);
        Add(reason);
        Add(json);
        Validators.Add(result =>
        {
            bool[] given =
            [
                result.GetValue(session) is not null,
                result.GetValue(account) is not null,
                result.GetValue(client) is not null,
                result.GetValue(everyone),
            ];
            if (given.Count(one => one) != 1)
            {
                result.AddError("Give exactly one of --session, --account, --client and --everyone.");
            }

            if (result.GetValue(everyone) && string.IsNullOrWhiteSpace(result.GetValue(reason)))
            {
                result.AddError("--everyone signs everybody out: say why with --reason.");
            }

            if (result.GetValue(reason) is { Length: > 200 })
            {
                result.AddError("--reason has at most 200 characters.");
            }
        });
        SetAction(
            (parsed, cancellationToken) =>
                workplace.RunAsync((services, cancel) => RevokeAsync(parsed, services, cancel), cancellationToken)
        );
    }

    private async Task<int> RevokeAsync(
        ParseResult parsed,
        IServiceProvider services,
        CancellationToken cancellationToken
    )
    {
        var revocation = services.GetRequiredService<SessionRevocation>();
        var detail = $"by operator{(parsed.GetValue(reason) is { Length: > 0 } words ? $": {words}" : "")}";
        SessionCount ended;
        if (parsed.GetValue(session) is { } sid)
        {
            if (
                !SessionId.TryParse(sid, out var id)
                || !await revocation.EndAsync(
                    id.Value,
                    RevocationReason.ByOperator,
                    Caller.Operator,
                    cancellationToken,
                    detail: detail
                )
            )
            {
                return Output.Refuse(
                    await ProgramAsync(sid, services, cancellationToken) is { } program
                        ? $"That is the session of all client-credentials tokens of {program}: "
                            + $"end it with --client {program}."
                        : "There is no active session with this id."
                );
            }

            ended = new(1);
        }
        else
        {
            if (await HolderAsync(parsed, services, cancellationToken) is not { } holder)
            {
                return Output.Refuse("There is no account or client with this name.");
            }

            ended = await revocation.EndAllAsync(
                holder,
                RevocationReason.ByOperator,
                Caller.Operator,
                cancellationToken,
                detail
            );
        }

        Write(ended, parsed);
        return ExitCode.Done;
    }

    private void Write(SessionCount ended, ParseResult parsed)
    {
        var all = parsed.GetValue(everyone);
        if (parsed.GetValue(json))
        {
            Output.WriteJson(new { ended = all ? null : (int?)ended.Number, more = all || ended.OrMore });
        }
        else
        {
            Console.WriteLine(
                all ? "Ended every session."
                : ended.OrMore ? $"Ended {ended.Number} sessions or more."
                : ended.Number == 1 ? "Ended 1 session."
                : $"Ended {ended.Number} sessions."
            );
        }
    }

    // The session of client-credentials tokens has no row.
    private static async Task<string?> ProgramAsync(
        string sid,
        IServiceProvider services,
        CancellationToken cancellationToken
    ) =>
        (await services.GetRequiredService<IClientStore>().ListAsync(null, cancellationToken))
            .FirstOrDefault(client => ClientCredentialsSession.Of(client.Id).ToString() == sid)
            ?.Id;

    private async Task<SessionHolder?> HolderAsync(
        ParseResult parsed,
        IServiceProvider services,
        CancellationToken cancellationToken
    )
    {
        if (parsed.GetValue(everyone))
        {
            return SessionHolder.Everyone;
        }

        if (parsed.GetValue(client) is { } id)
        {
            return await services.GetRequiredService<IClientStore>().FindAsync(id, cancellationToken) is { } found
                ? SessionHolder.Client(found.Id)
                : null;
        }

        return
            EmailAddress.TryNormalize(parsed.GetValue(account), out var email)
            && await services.GetRequiredService<IAccountStore>().FindByEmailAsync(email, cancellationToken)
                is { } owner
            ? SessionHolder.Account(owner.Id)
            : null;
    }
}
