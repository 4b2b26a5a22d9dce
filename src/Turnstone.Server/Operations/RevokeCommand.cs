using System.CommandLine;
using System.CommandLine.Parsing;
using Turnstone.Administration;
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
        Description = "The account with this email: sessions, API keys, subscriptions, its own applications, codes.",
    };
    private readonly Option<string?> accounts = new("--accounts-from")
    {
        Description = "Such accounts, by a file with one email a line; - is the standard input.",
    };
    private readonly Option<string?> client = new("--client")
    {
        Description = "This client: its sessions end, and it is disabled.",
    };
    private readonly Option<string?> product = new("--product")
    {
        Description = "Every subscription to this product, with what it opened.",
    };
    private readonly Option<bool> everyone = new("--everyone")
    {
        Description = "Every session, API key, subscription, client and code there is; with --reason.",
    };
    private readonly Option<bool> keep = new("--keep-credentials")
    {
        Description = "End the sessions alone: keys, secrets and subscriptions go on opening new ones.",
    };
    private readonly Option<bool> preview = new("--preview")
    {
        Description = "Say what would end, and change nothing.",
    };
    private readonly Option<string?> reason = new("--reason")
    {
        Description = "A reason for the audit log; no secrets.",
    };
    private readonly Option<bool> json = Output.JsonOption();

    public RevokeCommand(CommandHost workplace)
        : base(
            "revoke",
            "Ends sessions and everything that opens them, at once. Running servers refuse their access tokens within "
                + "a second. Passwords, passkeys and second factors stay: see account disable."
        )
    {
        foreach (
            var option in new Option[]
            {
                session,
                account,
                accounts,
                client,
                product,
                everyone,
                keep,
                preview,
                reason,
                json,
            }
        )
        {
            Add(option);
        }

        Validators.Add(Validate);
        SetAction(
            (parsed, cancellationToken) =>
                workplace.RunAsync((services, cancel) => RevokeAsync(parsed, services, cancel), cancellationToken)
        );
    }

    private void Validate(CommandResult result)
    {
        bool[] given =
        [
            result.GetValue(session) is not null,
            result.GetValue(account) is not null,
            result.GetValue(accounts) is not null,
            result.GetValue(client) is not null,
            result.GetValue(product) is not null,
            result.GetValue(everyone),
        ];
        if (given.Count(one => one) != 1)
        {
            result.AddError(
                "Give exactly one of --session, --account, --accounts-from, --client, --product and --everyone."
            );
        }

        if (result.GetValue(keep) && result.GetValue(product) is not null)
        {
            result.AddError("What a product opened ends with its subscriptions: --product has no --keep-credentials.");
        }

        if (result.GetValue(everyone) && string.IsNullOrWhiteSpace(result.GetValue(reason)))
        {
            result.AddError("--everyone signs everybody out: say why with --reason.");
        }

        if (result.GetValue(reason) is { Length: > 200 })
        {
            result.AddError("--reason has at most 200 characters.");
        }
    }

    private async Task<int> RevokeAsync(
        ParseResult parsed,
        IServiceProvider services,
        CancellationToken cancellationToken
    )
    {
        if (parsed.GetValue(session) is { } sid)
        {
            return await EndSessionAsync(sid, parsed, services, cancellationToken);
        }

        var (target, unknown) = await TargetAsync(parsed, services, cancellationToken);
        if (target is null or EndTarget.OfAccounts { Ids.Count: 0 })
        {
            return Output.Refuse("There is no account, client or product with this name.");
        }

        var report = parsed.GetValue(keep)
            ? await EndSessionsAsync(target, parsed, services, cancellationToken)
            : await EndAllAsync(target, parsed, services, cancellationToken);
        (report with { Unknown = unknown }).Write(parsed.GetValue(json));
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
                parsed.GetValue(preview)
                    ? await services.GetRequiredService<ISessionStore>().FindAsync(id.Value, cancellationToken)
                        is { RevokedAt: null }
                    : await services
                        .GetRequiredService<SessionRevocation>()
                        .EndAsync(
                            id.Value,
                            RevocationReason.ByOperator,
                            Caller.Operator,
                            cancellationToken,
                            detail: Detail(parsed)
                        )
            );
        if (!ended)
        {
            return Output.Refuse(
                await ProgramAsync(sid, services, cancellationToken) is { } program
                    ? $"That is the session of all client-credentials tokens of {program}: "
                        + $"end it with --client {program}."
                    : "There is no active session with this id."
            );
        }

        EndReport.OfSessions(new(1), parsed.GetValue(preview)).Write(parsed.GetValue(json));
        return ExitCode.Done;
    }

    private async Task<EndReport> EndAllAsync(
        EndTarget target,
        ParseResult parsed,
        IServiceProvider services,
        CancellationToken cancellationToken
    )
    {
        var endings = services.GetRequiredService<Endings>();
        var looks = parsed.GetValue(preview);
        var count = looks
            ? await endings.PreviewAsync(target, cancellationToken)
            : await endings.EndAsync(target, Caller.Operator, Detail(parsed), cancellationToken);
        return new(count, looks)
        {
            Remains =
                count.Accounts > 0
                    ? "Passwords and passkeys still sign in: account disable shuts an account to its owner too."
                    : null,
        };
    }

    private async Task<EndReport> EndSessionsAsync(
        EndTarget target,
        ParseResult parsed,
        IServiceProvider services,
        CancellationToken cancellationToken
    )
    {
        var looks = parsed.GetValue(preview);
        if (target is EndTarget.OfEveryone)
        {
            if (!looks)
            {
                await EndAsync(SessionHolder.Everyone);
            }

            return EndReport.OfSessions(null, looks);
        }

        if (looks)
        {
            var count = await services.GetRequiredService<Endings>().PreviewAsync(target, cancellationToken);
            return EndReport.OfSessions(count.Sessions, looks);
        }

        var ended = new SessionCount();
        foreach (var holder in HoldersOf(target))
        {
            ended += await EndAsync(holder);
        }

        return EndReport.OfSessions(ended, looks);

        Task<SessionCount> EndAsync(SessionHolder holder) =>
            services
                .GetRequiredService<SessionRevocation>()
                .EndAllAsync(holder, RevocationReason.ByOperator, Caller.Operator, cancellationToken, Detail(parsed));
    }

    private static IEnumerable<SessionHolder> HoldersOf(EndTarget target) =>
        target switch
        {
            EndTarget.OfAccounts { Ids: var ids } => ids.Select(SessionHolder.Account),
            EndTarget.OfClient { Id: var id } => [SessionHolder.Client(id)],
            _ => [],
        };

    private async Task<(EndTarget? Target, List<string> Unknown)> TargetAsync(
        ParseResult parsed,
        IServiceProvider services,
        CancellationToken cancellationToken
    )
    {
        var directory = services.GetRequiredService<IAccountStore>();
        if (parsed.GetValue(accounts) is { } path)
        {
            var emails = await AccountList.ReadAsync(path, cancellationToken);
            var (found, unknown) = await directory.FindAllAsync(emails, cancellationToken);
            return (new EndTarget.OfAccounts(found), unknown);
        }

        if (parsed.GetValue(account) is { } email)
        {
            var owner = await directory.FindAsync(email, cancellationToken);
            return (owner is null ? null : new EndTarget.OfAccounts([owner.Id]), []);
        }

        if (parsed.GetValue(client) is { } id)
        {
            var found = await services.GetRequiredService<IClientStore>().FindAsync(id, cancellationToken);
            return (found is null ? null : new EndTarget.OfClient(found.Id), []);
        }

        if (parsed.GetValue(product) is { } name)
        {
            var found = await services
                .GetRequiredService<ISubscriptionStore>()
                .FindProductAsync(name, cancellationToken);
            return (found is null ? null : new EndTarget.OfProduct(found.Id), []);
        }

        return (new EndTarget.OfEveryone(), []);
    }

    private string Detail(ParseResult parsed) =>
        $"by operator{(parsed.GetValue(reason) is { Length: > 0 } words ? $": {words}" : "")}";

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
