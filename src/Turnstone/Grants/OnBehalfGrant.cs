using Turnstone.Credentials;
using Turnstone.Directory;
using Turnstone.Limits;
using Turnstone.Model;
using Turnstone.Sessions;

namespace Turnstone.Grants;

/// <summary>
/// The way in of a user by the company's token. The company may act for the account that authorised it and for those
/// that hold a live session through the same client, so have authorised it themselves: a client cannot reach an account
/// that never let it in. Every other email, known or not, gets the same answer.
/// </summary>
public sealed class OnBehalfGrant(
    ISessionStore sessions,
    IAccountStore accounts,
    ClientDirectory clients,
    RequestLimits limits,
    LoginDoor door,
    TokenDesk desk,
    TimeProvider time
)
{
    private const int MostSessionsLookedAt = 500;

    /// <param name="companySession">The session of the company's access token, which the door has validated.</param>
    /// <param name="companyContract">The family that a company's session must have.</param>
    /// <param name="email">The user.</param>
    /// <param name="asked">The scopes wanted; null for those of the company.</param>
    /// <param name="terms">The terms for the user's session.</param>
    public async Task<Outcome<Issued>> IssueAsync(
        SessionId companySession,
        string companyContract,
        string email,
        Scopes? asked,
        Terms terms,
        Caller caller,
        CancellationToken cancellationToken
    )
    {
        var company = await sessions.FindAsync(companySession, cancellationToken);
        var client = await clients.FindAsync(company?.ClientId, cancellationToken);
        if (
            company is null
            || client is not { Stands: true }
            || !client.TokenTypes.Contains("user")
            || company.Contract != companyContract
            || !company.IsLive(time.GetUtcNow())
        )
        {
            return Refusals.UnauthorizedClient;
        }

        if (limits.Take($"client:{client.Id}") is { } tooMany)
        {
            return tooMany;
        }

        if (asked?.Within(company.Scopes) is false)
        {
            return Refusals.InvalidScope;
        }

        var account = EmailAddress.TryNormalize(email, out var normalized)
            ? await accounts.FindByEmailAsync(normalized, cancellationToken)
            : null;
        if (
            account is not { DisabledAt: null }
            || await LetInAsync(account, company, terms.Contract, cancellationToken) is not { } letInBy
        )
        {
            var facts = new LoginFacts(nameof(GrantKind.OnBehalf), terms.Contract, caller) { ClientId = client.Id };
            return await door.FailedAsync(facts, Refusals.UserNotAvailable, cancellationToken);
        }

        // Never more than the user has said yes to, whatever the company may do elsewhere.
        var scopes = Scopes.Of((asked ?? company.Scopes).Names.Where(letInBy.Scopes.Contains));
        return await desk.OpenAsync(
            Admitted(account, client, letInBy.Id, scopes),
            terms.For(client),
            caller,
            Refusals.UserNotAvailable,
            cancellationToken
        );
    }

    /// <summary>The session by which the account has let the client in; null when it has not.</summary>
    private async Task<Session?> LetInAsync(
        Account account,
        Session company,
        string userContract,
        CancellationToken cancellationToken
    )
    {
        if (account.Id == company.AccountId)
        {
            return company;
        }

        var held = await sessions.ListAsync(SessionHolder.Account(account.Id), MostSessionsLookedAt, cancellationToken);
        return held.FirstOrDefault(session =>
            session.ClientId == company.ClientId && session.Contract == userContract && session.Grant is GrantKind.Code
        );
    }

    private static Admission Admitted(Account account, Client client, SessionId letInBy, Scopes scopes) =>
        new()
        {
            Grant = GrantKind.OnBehalf,
            Subject = account.Id.ToString(),
            AccountId = account.Id,
            ClientId = client.Id,
            Scopes = scopes,
            Refreshable = client.MayUse(RefreshGrant.GrantType),
            Preconditions = new Preconditions
            {
                Account = (account.Id, account.Epoch),
                Client = (client.Id, client.Epoch),
                LetInBy = letInBy,
            },
        };
}
