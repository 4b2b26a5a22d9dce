using System.CommandLine;
using Turnstone.Audit;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Server.Settings;

namespace Turnstone.Server.Operations.AuditLog;

/// <summary>Searches with the filters that the portal's page has.</summary>
internal class AuditSearchCommand : Command
{
    private readonly Option<string?> account = new("--account") { Description = "Of the account with this email." };
    private readonly Option<string?> client = new("--client") { Description = "Of this client." };
    private readonly Option<string?> administrator = new("--administrator")
    {
        Description = "What the administrator with this email did.",
    };
    private readonly Option<Guid?> apiKey = new("--api-key") { Description = "Of the API key with this id." };
    private readonly Option<string?> session = new("--session") { Description = "Of the session with this id." };
    private readonly Option<string?> address = new("--address") { Description = "What came from this address." };
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

    public AuditSearchCommand(string name, string description, CommandHost context)
        : base(name, description)
    {
        output = context.Output;
        foreach (
            var option in new Option[]
            {
                account,
                administrator,
                client,
                apiKey,
                session,
                address,
                what,
                contract,
                refused,
                since,
                until,
                limit,
                json,
            }
        )
        {
            Add(option);
        }

        SetAction(
            (parsed, cancellationToken) =>
                context.RunAsync((services, cancel) => SearchAsync(parsed, services, cancel), cancellationToken)
        );
    }

    private async Task<int> SearchAsync(
        ParseResult parsed,
        IServiceProvider services,
        CancellationToken cancellationToken
    )
    {
        var accounts = services.GetRequiredService<IAccountStore>();
        var (owner, actor) = (
            await FindAsync(accounts, parsed.GetValue(account), cancellationToken),
            await FindAsync(accounts, parsed.GetValue(administrator), cancellationToken)
        );
        if (
            (owner is null && parsed.GetValue(account) is not null)
            || (actor is null && parsed.GetValue(administrator) is not null)
        )
        {
            return output.Refuse("There is no account with this email.");
        }

        SessionId? sid = null;
        if (parsed.GetValue(session) is { } text)
        {
            if (!SessionId.TryParse(text, out var id))
            {
                return output.Refuse($"{text} is no id of a session: session list shows them.");
            }

            sid = id;
        }

        var query = new AuditQuery
        {
            AccountId = owner?.Id,
            ActorId = actor?.Id,
            ClientId = parsed.GetValue(client),
            ApiKeyId = parsed.GetValue(apiKey),
            SessionId = sid,
            Network = parsed.GetValue(address),
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
        output.WriteList(entries.Select(AuditLine.Of), parsed.GetValue(json));
        return ExitCode.Done;
    }

    private static async Task<Account?> FindAsync(
        IAccountStore accounts,
        string? email,
        CancellationToken cancellationToken
    ) => email is null ? null : await accounts.FindAsync(email, cancellationToken);
}
