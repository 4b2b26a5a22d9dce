using Turnstone.Directory;
using Turnstone.Grants;
using Turnstone.Model;
using Turnstone.Server.Accounts;
using Turnstone.Sessions;

namespace Turnstone.Server.Portal.SignIn;

/// <summary>A password check of the portal: to sign in, or again before a sensitive action.</summary>
public sealed class PasswordProof(PasswordDoor door, CurrentCaller caller)
{
    public const string Contract = "portal";

    public Task<Outcome<Account>> SignInAsync(string email, string password, CancellationToken cancellationToken) =>
        door.ProveAsync(
            email,
            password,
            new LoginFacts(nameof(GrantKind.Password), Contract, caller.Current),
            cancellationToken
        );

    /// <summary>The refusal, or null if the password is right.</summary>
    public async Task<Refusal?> OfAsync(Account account, string? password, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(account);
        var facts = new LoginFacts("Proof", Contract, caller.Current) { AccountId = account.Id };
        return (await door.ProveAsync(account.Email, password ?? "", facts, cancellationToken)).Refusal;
    }
}
