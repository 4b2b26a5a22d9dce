using Turnstone.Directory;
using Turnstone.Grants;
using Turnstone.Model;
using Turnstone.Server.Accounts;
using Turnstone.Sessions;

namespace Turnstone.Server.Portal.SignIn;

/// <summary>A password check of the portal: to sign in, or again before a sensitive action.</summary>
public sealed class PasswordProof(
    ThrottledPasswordCheck passwords,
    AttemptRecord record,
    CurrentCaller caller,
    DeviceCookie device,
    RecentProof recent
)
{
    public const string Contract = "portal";

    public Task<Outcome<Account>> SignInAsync(string email, string password, CancellationToken cancellationToken) =>
        ProveAsync(email, password, new AttemptFacts(GrantKind.Password, Contract, caller.Current), cancellationToken);

    /// <summary>The refusal, or null if the password is right.</summary>
    public async Task<Refusal?> OfAsync(Account account, string? password, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(account);
        var facts = new AttemptFacts("Proof", Contract, caller.Current) { AccountId = account.Id };
        var refusal = (await ProveAsync(account.Email, password ?? "", facts, cancellationToken)).Refusal;
        if (refusal is null)
        {
            recent.Renew(account);
        }

        return refusal;
    }

    /// <summary>
    /// The same where a session that has proved itself recently is not asked. A password that was given is checked; one
    /// that is missing is no attempt.
    /// </summary>
    public Task<Refusal?> OfRecentAsync(Account account, string? password, CancellationToken cancellationToken) =>
        string.IsNullOrEmpty(password)
            ? Task.FromResult(recent.Until is null ? PasswordCheck.Wrong : null)
            : OfAsync(account, password, cancellationToken);

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

        var evidence = new LoginEvidence { Device = device.Read() };
        var outcome = await passwords.CheckAsync(email, password, facts.Caller, evidence, cancellationToken);
        return outcome.Refusal is { } refusal ? await record.RefusedAsync(facts, refusal, cancellationToken) : outcome;
    }
}
