using Turnstone.Credentials;
using Turnstone.Credentials.Passwords;
using Turnstone.Model;

namespace Turnstone.Directory;

/// <summary>
/// Email and password to account. Whoever is unknown, disabled or without a password is refused in the same
/// words and after the same work as one with a wrong password.
/// </summary>
public sealed class PasswordCheck(IAccountStore accounts, PasswordHashing hashing, PasswordLane lane)
{
    /// <summary>The one answer to everything that is wrong about a login by password.</summary>
    public static Refusal Wrong { get; } =
        new(
            RefusalCode.InvalidCredentials,
            "The email or the password is not right.",
            "Check both, or set a new password in the portal."
        );

    /// <summary>
    /// The account as it was before its password was checked: a session opened with its <see cref="Account.Epoch"/> is
    /// refused if the password was changed meanwhile.
    /// </summary>
    public async Task<Outcome<Account>> CheckAsync(
        string? email,
        string? password,
        Caller caller,
        CancellationToken cancellationToken
    )
    {
        if (!PasswordText.IsAcceptable(password))
        {
            return Wrong;
        }

        // A text that is no email is looked up too, as what no account has: the work stays the same.
        _ = EmailAddress.TryNormalize(email, out var normalized);
        var account = await accounts.FindByEmailAsync(normalized ?? "@", cancellationToken);
        var hash = account?.PasswordHash ?? hashing.Decoy;

        var share = LaneShare.Of(caller, normalized ?? "@");
        var run = await lane.RunAsync(share, () => hashing.Verify(hash, password), cancellationToken);
        if (!run.Granted(out var verdict, out var full))
        {
            return full;
        }

        if (!verdict.Matches || account?.PasswordHash is null || account.DisabledAt is not null)
        {
            return Wrong;
        }

        if (verdict.NeedsRehash)
        {
            await RehashAsync(account, password, share, cancellationToken);
        }

        return account;
    }

    /// <summary>A better hash of the same password. When the lane is full it is left for the next login.</summary>
    private async Task RehashAsync(
        Account account,
        string password,
        LaneShare share,
        CancellationToken cancellationToken
    )
    {
        var run = await lane.RunAsync(share, () => hashing.Hash(password), cancellationToken);
        if (
            run.Granted(out var fresh, out _)
            && (await accounts.RehashAsync(account.Id, account.PasswordHash!, fresh, cancellationToken)).IsCommitted
        )
        {
            account.PasswordHash = fresh;
        }
    }
}
