using System.CommandLine;
using Turnstone.Credentials;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Server.Contracts.Common;
using Turnstone.Server.Settings;

namespace Turnstone.Server.Operations;

internal sealed class CodeCommand : Command
{
    private readonly Option<string> account = new("--account")
    {
        Description = "The email of the account the code is for.",
        Required = true,
    };
    private readonly Option<string?> contract = new("--contract");
    private readonly Option<string?> client = new("--client") { Description = "The client that will exchange it." };
    private readonly Option<string?> redirectUri = new("--redirect-uri")
    {
        Description = "One of the client's redirect URIs.",
    };
    private readonly Option<string?> scope = new("--scope")
    {
        Description = "Scopes, separated by spaces; default: all of the client's.",
    };
    private readonly Option<string?> challenge = new("--challenge") { Description = "The PKCE challenge, S256." };
    private readonly Output output;

    public CodeCommand(CommandHost context, ContractList contracts)
        : base(
            "code",
            "Creates a one-time code for an account, as the portal does, and prints nothing but the code. "
                + "It works once, for a minute."
        )
    {
        output = context.Output;
        var exchanging = Exchanging(contracts).ToList();
        var named = exchanging.ConvertAll(one => $"{one.Family} ({one.Prefix})");
        contract.Description =
            $"The contract that exchanges it: {string.Join(", ", named[..^1])} or {named[^1]}. "
            + $"Default: {FamilyFor(contracts, client: true)} with a client, "
            + $"{FamilyFor(contracts, client: false)} without.";
        contract.AcceptOnlyFromAmong([.. exchanging.Select(one => one.Family)]);
        foreach (var option in new Option[] { account, contract, client, redirectUri, scope, challenge })
        {
            Add(option);
        }

        SetAction(
            (parsed, cancellationToken) =>
                context.RunAsync((services, cancel) => MintAsync(parsed, services, cancel), cancellationToken)
        );
    }

    private async Task<int> MintAsync(
        ParseResult parsed,
        IServiceProvider services,
        CancellationToken cancellationToken
    )
    {
        if (
            !EmailAddress.TryNormalize(parsed.GetValue(account), out var email)
            || await services.GetRequiredService<IAccountStore>().FindByEmailAsync(email, cancellationToken)
                is not { DisabledAt: null } owner
        )
        {
            return output.Refuse("There is no enabled account with this email.");
        }

        Client? holder = null;
        if (parsed.GetValue(client) is { } id)
        {
            holder = await services.GetRequiredService<IClientStore>().FindAsync(id, cancellationToken);
            if (holder is not { DisabledAt: null })
            {
                return output.Refuse("There is no enabled client with this id.");
            }
        }

        if (Complaint(parsed, holder, out var scopes) is { } complaint)
        {
            return output.Refuse(complaint);
        }

        var served = services.GetRequiredService<ContractList>();
        var family = parsed.GetValue(contract) ?? FamilyFor(served, client: holder is not null);
        if (family is null || !Exchanging(served).Any(one => one.Family == family))
        {
            return output.Refuse("The contract that would exchange the code is switched off (Turnstone:Contracts).");
        }

        var order = new CodeOrder
        {
            Contract = family,
            Account = owner,
            ClientId = holder?.Id,
            RedirectUri = parsed.GetValue(redirectUri),
            Challenge = parsed.GetValue(challenge),
            Scopes = scopes,
        };
        var life = TimeSpan.FromSeconds(services.GetRequiredService<TurnstoneSettings>().CodeSeconds);
        output.WriteLine(
            await services.GetRequiredService<OneTimeCodes>().MintAsync(order, life, Caller.Operator, cancellationToken)
        );
        return ExitCode.Done;
    }

    private static string? FamilyFor(ContractList list, bool client) =>
        (client ? list.WithClients.FirstOrDefault() : list.ForUnboundCodes)?.Family;

    private static IEnumerable<Contract> Exchanging(ContractList list) =>
        list.All.Where(one => one.TakesUnboundCodes || one.Authorization is not null);

    private string? Complaint(ParseResult parsed, Client? holder, out Scopes scopes)
    {
        scopes = Scopes.None;
        if (parsed.GetValue(redirectUri) is { } uri && holder?.RedirectUris.Contains(uri) is not true)
        {
            return "The client has no such redirect URI.";
        }

        if (parsed.GetValue(challenge) is { } proof && !Pkce.IsChallenge(proof))
        {
            return "--challenge has to be the base64url of a SHA-256 (S256).";
        }

        if (!Scopes.TryParse(parsed.GetValue(scope), out var asked) || !(holder is null || asked.Within(holder.Scopes)))
        {
            return "--scope cannot be read, or has a scope that the client does not have.";
        }

        scopes = asked.IsEmpty && holder is not null ? holder.Scopes : asked;
        return null;
    }
}
