using System.CommandLine;
using Turnstone.Audit;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Server.Settings;

namespace Turnstone.Server.Operations;

internal sealed class AuditCommand : Command
{
    private readonly Option<string?> account = new("--account") { Description = "Of the account with this email." };
    private readonly Option<string?> client = new("--client") { Description = "Of this client." };
    private readonly Option<AuditEvent?> what = new("--event") { Description = "Of this event, as Login." };
    private readonly Option<string?> contract = new("--contract")
    {
        Description = "Through the contract of this name (in the settings) or path.",
    };
    private readonly Option<bool?> refused = new("--refused")
    {
        Description = "true: only what was refused; false: only what was not.",
    };
    private readonly Option<DateTimeOffset?> since = new("--since")
    {
        Description = "From this time on, as 2026-01-31.",
    };
    private readonly Option<DateTimeOffset?> until = new("--until") { Description = "Before this time." };
    private readonly Option<int> limit = Output.LimitOption();
    private readonly Option<bool> json = Output.JsonOption();
    private readonly Output output;

    public AuditCommand(CommandHost workplace)
        : base("audit", "Searches the audit log; the newest entries first.")
    {
        output = workplace.Output;
        foreach (var option in new Option[] { account, client, what, contract, refused, since, until, limit, json })
        {
            Add(option);
        }

        SetAction(
            (parsed, cancellationToken) =>
                workplace.RunAsync((services, cancel) => SearchAsync(parsed, services, cancel), cancellationToken)
        );
    }

    private async Task<int> SearchAsync(
        ParseResult parsed,
        IServiceProvider services,
        CancellationToken cancellationToken
    )
    {
        Account? owner = null;
        if (parsed.GetValue(account) is { } email)
        {
            owner = await services.GetRequiredService<IAccountStore>().FindAsync(email, cancellationToken);
            if (owner is null)
            {
                return output.Refuse("There is no account with this email.");
            }
        }

        var query = new AuditQuery
        {
            AccountId = owner?.Id,
            ClientId = parsed.GetValue(client),
            Event = parsed.GetValue(what),
            Contract = services
                .GetRequiredService<ServerSettings>()
                .Turnstone.Contracts.All.NameOf(parsed.GetValue(contract)),
            Refused = parsed.GetValue(refused),
            Since = parsed.GetValue(since),
            Until = parsed.GetValue(until),
            Limit = parsed.GetValue(limit),
        };
        var entries = await services.GetRequiredService<IAuditLog>().ReadAsync(query, cancellationToken);
        output.WriteList(
            entries.Select(entry => new
            {
                entry.At,
                Event = $"{entry.Event}",
                Refused = entry.Refused is { } code ? $"{code}" : null,
                entry.AccountId,
                entry.ClientId,
                entry.ApiKeyId,
                SessionId = entry.SessionId?.ToString(),
                entry.Contract,
                entry.Detail,
                entry.Caller.Network,
                entry.Caller.UserAgent,
                entry.Caller.ActorId,
                entry.Caller.Reason,
            }),
            parsed.GetValue(json)
        );
        return ExitCode.Done;
    }
}
