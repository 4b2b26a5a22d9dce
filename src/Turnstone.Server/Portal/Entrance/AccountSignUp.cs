using Microsoft.AspNetCore.Identity;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Server.Accounts;

namespace Turnstone.Server.Portal.Entrance;

/// <summary>
/// Makes an account, or for an email that has one only says so by mail. Both hash a password, write to the store once
/// and hand in one letter, so that neither the answer nor its time tells which it was. An account that nobody has
/// confirmed keeps the password it was made with: it is worth nothing to whoever does not read the mail, and the mail
/// is worth nothing without it.
/// </summary>
public sealed class AccountSignUp(
    AccountManager manager,
    EntranceLetters letters,
    LetterLimits limits,
    PortalAudit audit,
    RandomSource random,
    TimeProvider time
)
{
    /// <summary>Null when a letter is on its way, as far as the caller learns.</summary>
    public async Task<Refusal?> SignUpAsync(string email, string password, CancellationToken cancellationToken)
    {
        var account = NewAccount.For(email, random, time.GetUtcNow());
        var mayWrite = limits.TakeAddress(LetterKind.SignUp, account.NormalizedEmail);
        var known = await manager.FindByEmailAsync(email);
        if (known is null)
        {
            var created = await manager.CreateAsync(account, password);
            if (created.Succeeded)
            {
                if (mayWrite)
                {
                    await letters.ConfirmAsync(account);
                }

                return null;
            }

            return Full(created)
                ?? await AgainAsync(await manager.FindByEmailAsync(email), mayWrite, cancellationToken);
        }

        return Full(await manager.HashForNothingAsync(password))
            ?? await AgainAsync(known, mayWrite, cancellationToken);
    }

    private async Task<Refusal?> AgainAsync(Account? known, bool mayWrite, CancellationToken cancellationToken)
    {
        if (known is null)
        {
            return new Refusal(RefusalCode.Unavailable, "The account could not be made.", "Try again.");
        }

        await audit.SignUpAgainAsync(known, cancellationToken);
        if (!mayWrite || known.DisabledAt is not null)
        {
            return null;
        }

        if (known.EmailConfirmed)
        {
            letters.Taken(known.Email);
        }
        else
        {
            await letters.ConfirmAsync(known);
        }

        return null;
    }

    private static Refusal? Full(IdentityResult? result) =>
        result?.Errors.Any(error => error.Code == nameof(RefusalCode.Unavailable)) is true
            ? new Refusal(RefusalCode.Unavailable, "Too many passwords are being hashed.", "Try again.")
            : null;
}
