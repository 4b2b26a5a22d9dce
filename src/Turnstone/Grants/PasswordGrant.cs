using Turnstone.Abuse;
using Turnstone.Credentials;
using Turnstone.Credentials.Passwords;
using Turnstone.Directory;
using Turnstone.Sessions;

namespace Turnstone.Grants;

/// <summary>Email and password, and the subscription the login came with where the contract asks for one.</summary>
public sealed record PasswordLogin(string Email, string Password, Subscription? Subscription = null)
{
    public override string ToString() => "a login by password";
}

/// <summary>The way in with email and password.</summary>
public sealed class PasswordGrant(PasswordCheck passwords, LoginThrottle throttle, LoginDoor door, TokenDesk desk)
{
    public async Task<Outcome<Issued>> LoginAsync(PasswordLogin login, Terms terms, Caller caller, CancellationToken cancellationToken)
    {
        if (door.Check(caller) is { } refusedTooOften)
        {
            return refusedTooOften;
        }

        var facts = new LoginFacts(nameof(GrantKind.Password), terms.Contract, caller);
        var who = EmailAddress.TryNormalize(login.Email, out var normalized) ? normalized : "@";
        var network = NetworkPrefix.Of(caller.Network);
        if (throttle.Check(who, network) is { } limit)
        {
            return await door.AbusedAsync(facts, limit, cancellationToken);
        }

        var checkedPassword = await CheckAsync(login, who, network, cancellationToken);
        if (!checkedPassword.Granted(out var account, out var refusal))
        {
            return refusal.Code is RefusalCode.InvalidCredentials
                ? await door.FailedAsync(facts, refusal, cancellationToken)
                : refusal;
        }

        // Another account's subscription opens no door; the answer is a wrong password's, which tells nothing about either.
        if (login.Subscription is { } subscription && subscription.AccountId != account.Id)
        {
            return await door.FailedAsync(facts with { AccountId = account.Id }, PasswordCheck.Wrong, cancellationToken);
        }

        return await desk.OpenAsync(Admitted(account, login.Subscription), terms, caller, PasswordCheck.Wrong, cancellationToken);
    }

    private async Task<Outcome<Account>> CheckAsync(PasswordLogin login, string who, string network, CancellationToken cancellationToken)
    {
        var settled = false;
        try
        {
            var outcome = await passwords.CheckAsync(login.Email, login.Password, cancellationToken);
            if (outcome.Refusal is null)
            {
                throttle.Succeeded(who, network);
                settled = true;
            }
            else if (outcome.Refusal.Code is RefusalCode.InvalidCredentials)
            {
                throttle.Failed(who, network);
                settled = true;
            }

            return outcome;
        }
        finally
        {
            if (!settled)
            {
                throttle.Undecided(who, network);
            }
        }
    }

    private static Admission Admitted(Account account, Subscription? subscription) => new()
    {
        Grant = GrantKind.Password,
        Subject = account.Id.ToString(),
        AccountId = account.Id,
        Scopes = Scopes.None,
        Vouchers = new Vouchers { Account = (account.Id, account.Epoch), SubscriptionId = subscription?.Id },
    };
}
