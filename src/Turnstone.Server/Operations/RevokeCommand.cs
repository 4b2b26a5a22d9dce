using System.CommandLine;
using Turnstone.Administration;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Revocation;
using Turnstone.Sessions;

namespace Turnstone.Server.Operations;

internal sealed class RevokeCommand : Command
{
    private const string NoSession = "There is no active session with this id.";

    private readonly RevokeOptions options = new();
    private readonly Output output;

    public RevokeCommand(CommandHost context)
        : base(
            "revoke",
            "Ends sessions and everything that opens them, at once. Running servers refuse their access tokens within "
                + "a second. Passwords, passkeys and second factors stay: see account disable."
        )
    {
        output = context.Output;
        foreach (var option in options.All)
        {
            Add(option);
        }

        Validators.Add(options.Validate);
        SetAction(
            (parsed, cancellationToken) =>
                context.RunAsync((services, cancel) => RevokeAsync(parsed, services, cancel), cancellationToken)
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
        var json = parsed.GetValue(options.Json);
        var preview = parsed.GetValue(options.Preview);
        var sessions = services.GetRequiredService<ISessionStore>();
        if (!SessionId.TryParse(sid, out var id))
        {
            return output.Refuse(NoSession);
        }

        var found = await sessions.FindAsync(id.Value, cancellationToken);
        if (found is null)
        {
            if (await ProgramAsync(sid, services, cancellationToken) is { } program)
            {
                return output.Refuse(
                    $"That is the session of all client-credentials tokens of {program}: "
                        + $"end it with --client {program}."
                );
            }

            if (!CanBe(id.Value, services))
            {
                return output.Refuse(NoSession);
            }

            if (!preview)
            {
                await EndForgottenAsync(id.Value);
            }

            EndReport.OfForgotten(preview).Write(output, json);
            return ExitCode.Done;
        }

        if (found.RevokedAt is not null || !(preview || await EndAsync(id.Value)))
        {
            return output.Refuse(NoSession);
        }

        EndReport.OfSessions(new(1), preview).Write(output, json);
        return ExitCode.Done;

        Task<bool> EndAsync(SessionId session) =>
            services
                .GetRequiredService<SessionRevocation>()
                .EndAsync(
                    session,
                    RevocationReason.ByOperator,
                    Caller.Operator,
                    cancellationToken,
                    detail: options.Detail(parsed)
                );

        Task EndForgottenAsync(SessionId session) =>
            services
                .GetRequiredService<SessionRevocation>()
                .EndForgottenAsync(
                    session,
                    RevocationReason.ByOperator,
                    Caller.Operator,
                    cancellationToken,
                    options.Detail(parsed)
                );
    }

    // An id has the time at which it was made: most that were mistyped are of another century.
    private static bool CanBe(SessionId id, IServiceProvider services)
    {
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
        return id.CreatedAt <= now + AccessTokenLimits.Skew && id.CreatedAt > now.AddYears(-20);
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
