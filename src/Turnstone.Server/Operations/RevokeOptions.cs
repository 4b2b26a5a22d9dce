using System.CommandLine;
using System.CommandLine.Parsing;
using Turnstone.Administration;
using Turnstone.Directory;

namespace Turnstone.Server.Operations;

/// <summary>The options of <c>revoke</c>, and for whom they ask.</summary>
internal sealed class RevokeOptions
{
    public Option<string?> Session { get; } = new("--session") { Description = "The session's id: the claim sid." };

    public Option<string?> Account { get; } =
        new("--account")
        {
            Description =
                "The account with this email: sessions, API keys, subscriptions, its own applications, codes.",
        };

    public Option<string?> Accounts { get; } =
        new("--accounts-from")
        {
            Description = "Such accounts, by a file with one email a line; - is the standard input.",
        };

    public Option<string?> Client { get; } =
        new("--client") { Description = "This client: its sessions end, and it is disabled." };

    public Option<string?> Product { get; } =
        new("--product") { Description = "Every subscription to this product, with what it opened." };

    public Option<bool> Everyone { get; } =
        new("--everyone")
        {
            Description = "Every session, API key, subscription, client and code there is; with --reason.",
        };

    public Option<bool> Keep { get; } =
        new("--keep-credentials")
        {
            Description = "End the sessions alone: keys, secrets and subscriptions go on opening new ones.",
        };

    public Option<bool> Preview { get; } = new("--preview") { Description = "Say what would end, and change nothing." };

    public Option<string?> Reason { get; } =
        new("--reason") { Description = "A reason for the audit log; no secrets." };

    public Option<bool> Json { get; } = Output.JsonOption();

    public IReadOnlyList<Option> All =>
        [Session, Account, Accounts, Client, Product, Everyone, Keep, Preview, Reason, Json];

    public void Validate(CommandResult result)
    {
        bool[] given =
        [
            result.GetValue(Session) is not null,
            result.GetValue(Account) is not null,
            result.GetValue(Accounts) is not null,
            result.GetValue(Client) is not null,
            result.GetValue(Product) is not null,
            result.GetValue(Everyone),
        ];
        if (given.Count(one => one) != 1)
        {
            result.AddError(
                "Give exactly one of --session, --account, --accounts-from, --client, --product and --everyone."
            );
        }

        if (result.GetValue(Keep) && result.GetValue(Product) is not null)
        {
            result.AddError("What a product opened ends with its subscriptions: --product has no --keep-credentials.");
        }

        if (result.GetValue(Everyone) && string.IsNullOrWhiteSpace(result.GetValue(Reason)))
        {
            result.AddError("--everyone signs everybody out: say why with --reason.");
        }

        if (result.GetValue(Reason) is { Length: > 200 })
        {
            result.AddError("--reason has at most 200 characters.");
        }
    }

    public async Task<(EndTarget? Target, List<string> Unknown)> TargetAsync(
        ParseResult parsed,
        IServiceProvider services,
        CancellationToken cancellationToken
    )
    {
        var directory = services.GetRequiredService<IAccountStore>();
        if (parsed.GetValue(Accounts) is { } path)
        {
            var emails = await AccountList.ReadAsync(path, cancellationToken);
            var (found, unknown) = await directory.FindAllAsync(emails, cancellationToken);
            return (new EndTarget.OfAccounts(found), unknown);
        }

        if (parsed.GetValue(Account) is { } email)
        {
            var owner = await directory.FindAsync(email, cancellationToken);
            return (owner is null ? null : new EndTarget.OfAccounts([owner.Id]), []);
        }

        if (parsed.GetValue(Client) is { } id)
        {
            var found = await services.GetRequiredService<IClientStore>().FindAsync(id, cancellationToken);
            return (found is null ? null : new EndTarget.OfClient(found.Id), []);
        }

        if (parsed.GetValue(Product) is { } name)
        {
            var found = await services
                .GetRequiredService<ISubscriptionStore>()
                .FindProductAsync(name, cancellationToken);
            return (found is null ? null : new EndTarget.OfProduct(found.Id), []);
        }

        return (new EndTarget.OfEveryone(), []);
    }

    public string Detail(ParseResult parsed) =>
        $"by operator{(parsed.GetValue(Reason) is { Length: > 0 } words ? $": {words}" : "")}";
}
