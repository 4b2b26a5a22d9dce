using System.CommandLine;
using Turnstone.Credentials;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Server.Settings;

namespace Turnstone.Server.Operations;

internal sealed class CodeCommand : Command
{
    private readonly Option<string> account = new("--account")
    {
        Description = "The email of the account the code is for.",
        Required = true,
    };
    private readonly Option<string?> contract = new("--contract")
    {
        Description =
            "The contract that exchanges it: auth (/auth/v1), oauth-v1 (/v1/oauth) or oauth2 (/oauth2). "
            + "Default: oauth2 with a client, auth without.",
    };
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

    public CodeCommand(CommandHost workplace)
        : base(
            "code",
            "Creates a one-time code for an account, as the portal does, and prints nothing but the code. "
                + "It works once, for a minute."
        )
    {
        contract.AcceptOnlyFromAmong("auth", "oauth-v1", "oauth2");
        foreach (var option in new Option[] { account, contract, client, redirectUri, scope, challenge })
        {
            Add(option);
        }

        SetAction(
            (parsed, cancellationToken) =>
                workplace.RunAsync((services, cancel) => MintAsync(parsed, services, cancel), cancellationToken)
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
            return Output.Refuse("There is no enabled account with this email.");
        }

        Client? holder = null;
        if (parsed.GetValue(client) is { } id)
        {
            holder = await services.GetRequiredService<IClientStore>().FindAsync(id, cancellationToken);
            if (holder is not { DisabledAt: null })
            {
                return Output.Refuse("There is no enabled client with this id.");
            }
        }

        if (Complaint(parsed, holder, out var scopes) is { } complaint)
        {
            return Output.Refuse(complaint);
        }

        var order = new CodeOrder
        {
            Contract = parsed.GetValue(contract) ?? (holder is null ? "auth" : "oauth2"),
            Account = owner,
            ClientId = holder?.Id,
            RedirectUri = parsed.GetValue(redirectUri),
            Challenge = parsed.GetValue(challenge),
            Scopes = scopes,
        };
        var life = TimeSpan.FromSeconds(services.GetRequiredService<TurnstoneSettings>().CodeSeconds);
        Console.WriteLine(
            await services.GetRequiredService<OneTimeCodes>().MintAsync(order, life, Caller.Operator, cancellationToken)
        );
        return ExitCode.Done;
    }

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
