using System.Collections.Immutable;
using Turnstone.Credentials;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Sessions;

namespace Turnstone.Grants;

/// <summary>
/// A user's tokens by the company's. The company may act for the account that authorised it and for those that hold a
/// live session through the same client, so have authorised it themselves: a client cannot reach an account that never
/// let it in. Every other email, known or not, gets the same answer.
/// </summary>
public sealed class OnBehalfGrant(
    ISessionStore sessions,
    IAccountStore accounts,
    ClientDirectory clients,
    TimeProvider time
) : Grant
{
    /// <summary>The email of the user.</summary>
    public static readonly GrantParameter User = new("user_input", Longest: 2048);

    private const string UserTokens = "user";
    private const int MostSessionsLookedAt = 500;

    public override string Kind => GrantKind.OnBehalf;

    public override ImmutableArray<GrantParameter> Parameters { get; } = [User];

    public override Refusal Wrong => Refusals.UserNotAvailable;

    public override async ValueTask<Proof> ProveAsync(Attempt attempt, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(attempt);
        var bearer =
            attempt.Request.Bearer ?? throw new ArgumentException("A company acts by its token.", nameof(attempt));
        var company = await sessions.FindAsync(bearer.Session, cancellationToken);
        var client = await clients.FindAsync(company?.ClientId, cancellationToken);
        return
            company is null
            || client is not { Stands: true }
            || !client.TokenTypes.Contains(UserTokens)
            || company.Contract != bearer.Contract
            || !company.IsLive(time.GetUtcNow())
            ? new FailedProof(Refusals.UnauthorizedClient)
            : new CredentialProof($"client:{client.Id}", cancel => AdmitAsync(attempt, company, client, cancel))
            {
                ClientId = client.Id,
            };
    }

    private async ValueTask<Proof> AdmitAsync(
        Attempt attempt,
        Session company,
        Client client,
        CancellationToken cancellationToken
    )
    {
        var asked = attempt.Input.Scopes;
        if (asked?.Within(company.Scopes) is false)
        {
            return new FailedProof(Refusals.InvalidScope) { ClientId = client.Id };
        }

        var account = EmailAddress.TryNormalize(attempt.Input.Required(User), out var normalized)
            ? await accounts.FindByEmailAsync(normalized, cancellationToken)
            : null;
        if (
            account is not { DisabledAt: null }
            || await LetInAsync(account, company, attempt.Terms.Contract, cancellationToken) is not { } letInBy
        )
        {
            return new FailedProof(Wrong) { ClientId = client.Id };
        }

        // Never more than the user has said yes to, whatever the company may do elsewhere.
        var wanted = asked ?? company.Scopes;
        var scopes = Scopes.Of(wanted.Names.Where(letInBy.Scopes.Contains));
        if (scopes.IsEmpty && !wanted.IsEmpty)
        {
            return new FailedProof(Refusals.InvalidScope) { ClientId = client.Id };
        }

        return Admitted(account, client, letInBy, scopes);
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

    private static Admission Admitted(Account account, Client client, Session letInBy, Scopes scopes) =>
        new()
        {
            Grant = GrantKind.OnBehalf,
            Subject = account.Id.ToString(),
            AccountId = account.Id,
            Client = client,
            Scopes = scopes,
            EndsAt = letInBy.EndsAt,
            Refreshable = client.MayUse(RefreshGrant.TypeName),
            Preconditions = new Preconditions
            {
                Account = (account.Id, account.Epoch),
                Client = (client.Id, client.Epoch),
                LetInBy = letInBy.Id,
            },
        };
}
