using System.CommandLine;
using Turnstone.Administration;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Revocation;
using Turnstone.Sessions;

namespace Turnstone.Server.Operations;

internal sealed class RevokeCommand : Command
{
    private readonly RevokeOptions options = new();
    private readonly Output output;

    public RevokeCommand(CommandHost workplace)
        : base(
            "revoke",
            "Ends sessions and everything that opens them, at once. Running servers refuse their access tokens within "
                + "a second. Passwords, passkeys and second factors stay: see account disable."
        )
    {
        output = workplace.Output;
        foreach (var option in options.All)
        {
            Add(option);
        }

        Validators.Add(options.Validate);
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
        if (parsed.GetValue(options.Session) is { } sid)
        {
            return await EndSessionAsync(sid, parsed, services, cancellationToken);
        }

        var (target, unknown) = await options.TargetAsync(parsed, services, cancellationToken);
        if (target is null or EndTarget.OfAccounts { Ids.Count: 0 })
        {
            return output.Refuse("There is no account, client or product with this name.");
        }

        var report = await EndAsync(target, parsed, services.GetRequiredService<Endings>(), cancellationToken);
        (report with { Unknown = unknown }).Write(output, parsed.GetValue(options.Json));
        return unknown.Count > 0 ? ExitCode.PartDone : ExitCode.Done;
    }

    private async Task<int> EndSessionAsync(
        string sid,
        ParseResult parsed,
        IServiceProvider services,
        CancellationToken cancellationToken
    )
    {
        var ended =
            SessionId.TryParse(sid, out var id)
            && (
                parsed.GetValue(options.Preview)
                    ? await services.GetRequiredService<ISessionStore>().FindAsync(id.Value, cancellationToken)
                        is { RevokedAt: null }
                    : await services
                        .GetRequiredService<SessionRevocation>()
                        .EndAsync(
                            id.Value,
                            RevocationReason.ByOperator,
                            Caller.Operator,
                            cancellationToken,
                            detail: options.Detail(parsed)
                        )
            );
        if (!ended)
        {
            return output.Refuse(
                await ProgramAsync(sid, services, cancellationToken) is { } program
                    ? $"That is the session of all client-credentials tokens of {program}: "
                        + $"end it with --client {program}."
                    : "There is no active session with this id."
            );
        }

        EndReport.OfSessions(new(1), parsed.GetValue(options.Preview)).Write(output, parsed.GetValue(options.Json));
        return ExitCode.Done;
    }

    private async Task<EndReport> EndAsync(
        EndTarget target,
        ParseResult parsed,
        Endings endings,
        CancellationToken cancellationToken
    )
    {
        var (keeps, looks) = (parsed.GetValue(options.Keep), parsed.GetValue(options.Preview));
        var count = await (
            (keeps, looks) switch
            {
                (true, true) => endings.PreviewSessionsAsync(target, cancellationToken),
                (true, false) => endings.EndSessionsAsync(
                    target,
                    Caller.Operator,
                    options.Detail(parsed),
                    cancellationToken
                ),
                (false, true) => endings.PreviewAsync(target, cancellationToken),
                (false, false) => endings.EndAsync(target, Caller.Operator, options.Detail(parsed), cancellationToken),
            }
        );
        return new(count, looks)
        {
            Remains =
                count.Accounts > 0 && !keeps
                    ? "Passwords and passkeys still sign in: account disable shuts an account to its owner too."
                    : null,
        };
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
}
