using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Sessions;

namespace Turnstone.Grants;

/// <summary>Email and password, and the subscription the login came with where the contract asks for one.</summary>
public sealed record PasswordLogin(string Email, string Password, Subscription? Subscription = null)
{
    public override string ToString() => "a login by password";
}

/// <summary>The way in with email and password.</summary>
public sealed class PasswordGrant(PasswordDoor passwords, LoginDoor door, TokenDesk desk)
{
    public async Task<Outcome<Issued>> LoginAsync(
        PasswordLogin login,
        Terms terms,
        Caller caller,
        CancellationToken cancellationToken
    )
    {
        var facts = new LoginFacts(nameof(GrantKind.Password), terms.Contract, caller);
        var proof = await passwords.ProveAsync(login.Email, login.Password, facts, cancellationToken);
        if (!proof.Granted(out var account, out var refusal))
        {
            return refusal;
        }

        // Until the email is confirmed it may be anybody's, and a token names it; the portal says so to whoever has the
        // password.
        if (!account.EmailConfirmed)
        {
            return await door.FailedAsync(
                facts with
                {
                    AccountId = account.Id,
                },
                PasswordCheck.Wrong,
                cancellationToken
            );
        }

        // Another account's subscription opens no door; the answer is a wrong password's, which tells nothing about
        // either.
        if (login.Subscription is { } subscription && subscription.AccountId != account.Id)
        {
            return await door.FailedAsync(
                facts with
                {
                    AccountId = account.Id,
                },
                PasswordCheck.Wrong,
                cancellationToken
            );
        }

        return await desk.OpenAsync(
            Admitted(account, login.Subscription),
            terms,
            caller,
            PasswordCheck.Wrong,
            cancellationToken
        );
    }

    private static Admission Admitted(Account account, Subscription? subscription) =>
        new()
        {
            Grant = GrantKind.Password,
            Subject = account.Id.ToString(),
            AccountId = account.Id,
            Scopes = Scopes.None,
            Preconditions = new Preconditions
            {
                Account = (account.Id, account.Epoch),
                SubscriptionId = subscription?.Id,
            },
        };
}
