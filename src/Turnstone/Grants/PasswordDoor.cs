using Turnstone.Credentials;
using Turnstone.Directory;
using Turnstone.Limits;
using Turnstone.Model;

namespace Turnstone.Grants;

/// <summary>
/// Where every password is tried, whatever it is for: a login by contract, a sign-in at the portal, a proof asked of
/// someone who is signed in already. So all of them share one limit, one record and one answer.
/// </summary>
public sealed class PasswordDoor(PasswordCheck passwords, LoginThrottle throttle, LoginDoor door)
{
    /// <summary>The account whose password this is; every failure is noted as <paramref name="facts"/> say.</summary>
    public async Task<Outcome<Account>> ProveAsync(
        string email,
        string password,
        LoginFacts facts,
        CancellationToken cancellationToken
    )
    {
        if (door.Check(facts.Caller) is { } refusedTooOften)
        {
            return refusedTooOften;
        }

        var who = EmailAddress.TryNormalize(email, out var normalized) ? normalized : "@";
        var network = NetworkPrefix.Of(facts.Caller.Network);
        if (throttle.Check(who, network) is { } limit)
        {
            return await door.AbusedAsync(facts, limit, cancellationToken);
        }

        var outcome = await CheckAsync(email, password, who, network, cancellationToken);
        return outcome.Refusal is { Code: RefusalCode.InvalidCredentials } wrong
            ? await door.FailedAsync(facts, wrong, cancellationToken)
            : outcome;
    }

    private async Task<Outcome<Account>> CheckAsync(
        string email,
        string password,
        string who,
        string network,
        CancellationToken cancellationToken
    )
    {
        var settled = false;
        try
        {
            var outcome = await passwords.CheckAsync(email, password, cancellationToken);
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
}
