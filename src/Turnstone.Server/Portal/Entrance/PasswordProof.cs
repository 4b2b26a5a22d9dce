using Turnstone.Directory;
using Turnstone.Grants;
using Turnstone.Model;
using Turnstone.Server.Accounts;
using Turnstone.Sessions;

namespace Turnstone.Server.Portal.Entrance;

/// <summary>
/// A password tried at the portal: to sign in, or asked once more of someone who is signed in, before something that a
/// borrowed browser should not do.
/// </summary>
public sealed class PasswordProof(ThrottledPasswordCheck passwords, AttemptRecord record, CurrentCaller caller)
{
    public const string Contract = "portal";

    public Task<Outcome<Account>> SignInAsync(string email, string password, CancellationToken cancellationToken) =>
        ProveAsync(email, password, new AttemptFacts(GrantKind.Password, Contract, caller.Current), cancellationToken);

    /// <summary>The refusal, or null when the password is this account's.</summary>
    public async Task<Refusal?> OfAsync(Account account, string? password, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(account);
        var facts = new AttemptFacts("Proof", Contract, caller.Current) { AccountId = account.Id };
        return (await ProveAsync(account.Email, password ?? "", facts, cancellationToken)).Refusal;
    }

    private async Task<Outcome<Account>> ProveAsync(
        string email,
        string password,
        AttemptFacts facts,
        CancellationToken cancellationToken
    )
    {
        if (record.CheckNetwork(facts) is { } tooMany)
        {
            return tooMany;
        }

        var outcome = await passwords.CheckAsync(email, password, facts.Caller, cancellationToken);
        return outcome.Refusal is { } refusal ? await record.RefusedAsync(facts, refusal, cancellationToken) : outcome;
    }
}
