using Turnstone.Credentials;
using Turnstone.Directory;
using Turnstone.Limits;
using Turnstone.Model;

namespace Turnstone.Grants;

/// <summary>
/// Tries a password, whatever it is for: a login by contract, a sign-in at the portal, a proof asked of someone who is
/// signed in. All of them share one limit for each account and network.
/// </summary>
public sealed class ThrottledPasswordCheck(
    PasswordCheck passwords,
    LoginThrottle throttle,
    SiegePasses passes,
    KnownNetworks networks
)
{
    public async Task<Outcome<Account>> CheckAsync(
        string email,
        string password,
        Caller caller,
        LoginEvidence evidence,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(caller);
        var who = EmailAddress.TryNormalize(email, out var normalized) ? normalized : "@";
        var shown = throttle.IsBesieged(who) ? await passes.OfAsync(who, caller, evidence, cancellationToken) : [];
        var ticket = throttle.Check(who, NetworkPrefix.Of(caller.Network), shown);
        if (ticket.Refusal is { } limit)
        {
            return limit;
        }

        RefusalCode? found = RefusalCode.Unavailable;
        Outcome<Account> outcome;
        try
        {
            outcome = await passwords.CheckAsync(email, password, caller, cancellationToken);
            found = outcome.Refusal?.Code;
        }
        finally
        {
            SettleRefused(ticket, found);
        }

        if (!outcome.Granted(out var account, out _))
        {
            return outcome;
        }

        var tooMany = throttle.Succeeded(ticket);
        await networks.RememberAsync(account, caller.Network, cancellationToken);
        return tooMany is null ? outcome : tooMany;
    }

    private void SettleRefused(LoginTicket ticket, RefusalCode? found)
    {
        if (found is RefusalCode.InvalidCredentials)
        {
            throttle.Failed(ticket);
        }
        else if (found is not null)
        {
            // Not looked at: the lane was full, the store away, the caller gone.
            throttle.PutBack(ticket);
        }
    }
}
