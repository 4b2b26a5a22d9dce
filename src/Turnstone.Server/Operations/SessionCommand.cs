using System.CommandLine;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Server.Settings;
using Turnstone.Sessions;

namespace Turnstone.Server.Operations;

internal sealed class SessionCommand : Command
{
    private readonly Option<string?> account = new("--account")
    {
        Description = "Those of the account with this email.",
    };
    private readonly Option<string?> client = new("--client") { Description = "Those of this client." };
    private readonly Option<Guid?> apiKey = new("--api-key") { Description = "Those of the API key with this id." };
    private readonly Option<string?> through = new("--through")
    {
        Description = "Only those that were opened through the contract of this name (in the settings) or path.",
    };
    private readonly Option<int> limit = Output.LimitOption();
    private readonly Option<bool> json = Output.JsonOption();
    private readonly Output output;

    public SessionCommand(CommandHost context)
        : base("session", "Lists sessions.")
    {
        output = context.Output;
        var list = new Command("list", "Lists the live sessions of an account, a client or an API key, newest first.")
        {
            account,
            client,
            apiKey,
            through,
            limit,
            json,
        };
        list.Validators.Add(result =>
        {
            bool[] given =
            [
                result.GetValue(account) is not null,
                result.GetValue(client) is not null,
                result.GetValue(apiKey) is not null,
            ];
            if (given.Count(one => one) != 1)
            {
                result.AddError("Give exactly one of --account, --client and --api-key.");
            }
        });
        list.SetAction(
            (parsed, cancellationToken) =>
                context.RunAsync((services, cancel) => ListAsync(parsed, services, cancel), cancellationToken)
        );
        Add(list);
    }

    private async Task<int> ListAsync(
        ParseResult parsed,
        IServiceProvider services,
        CancellationToken cancellationToken
    )
    {
        if (await HolderAsync(parsed, services, cancellationToken) is not { } holder)
        {
            return output.Refuse("There is no account, client or API key of this name.");
        }

        var contracts = services.GetRequiredService<ServerSettings>().Turnstone.Contracts.All;
        var asked = contracts.NameOf(parsed.GetValue(through));
        var sessions = await services
            .GetRequiredService<ISessionStore>()
            .ListAsync(holder, parsed.GetValue(limit), cancellationToken);
        output.WriteList(
            sessions
                .Where(session => asked is null || session.OpenedThrough == asked)
                .Select(session => new
                {
                    Id = $"{session.Id}",
                    OpenedThrough = contracts.PathOf(session.OpenedThrough) ?? session.Contract,
                    session.Grant,
                    session.AccountId,
                    session.ClientId,
                    session.ApiKeyId,
                    Scopes = $"{session.Scopes}",
                    session.CreatedAt,
                    session.LastUsedAt,
                    Refreshes = session.Generation,
                    session.OpenedBy.Network,
                }),
            parsed.GetValue(json)
        );
        return ExitCode.Done;
    }

    private async Task<SessionHolder?> HolderAsync(
        ParseResult parsed,
        IServiceProvider services,
        CancellationToken cancellationToken
    )
    {
        if (parsed.GetValue(apiKey) is { } key)
        {
            return await services.GetRequiredService<IApiKeyStore>().FindAsync(key, cancellationToken) is null
                ? null
                : SessionHolder.ApiKey(key);
        }

        if (parsed.GetValue(client) is { } id)
        {
            return await services.GetRequiredService<IClientStore>().FindAsync(id, cancellationToken) is null
                ? null
                : SessionHolder.Client(id);
        }

        var accounts = services.GetRequiredService<IAccountStore>();
        return await accounts.FindAsync(parsed.GetValue(account), cancellationToken) is { } owner
            ? SessionHolder.Account(owner.Id)
            : null;
    }
}
