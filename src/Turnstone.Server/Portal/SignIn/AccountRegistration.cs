using Microsoft.AspNetCore.Identity;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Server.Accounts;

namespace Turnstone.Server.Portal.SignIn;

/// <summary>
/// Creates an account. For an email that already has one, only sends an email that says so. Both hash a password, write
/// to the store once and queue one email, so neither the answer nor its time tells which it was. An unconfirmed account
/// keeps its password: without the email it is useless, and the email is useless without it.
/// </summary>
public sealed class AccountRegistration(
    AccountManager manager,
    SignInEmails emails,
    EmailLimits limits,
    PortalAudit audit,
    RandomSource random,
    TimeProvider time
)
{
    /// <summary>Null if an email was queued, as far as the caller can tell.</summary>
    public async Task<Refusal?> SignUpAsync(string email, string password, CancellationToken cancellationToken)
    {
        var account = NewAccount.For(email, random, time.GetUtcNow());
        var mayWrite = limits.TakeAddress(EmailKind.SignUp, account.NormalizedEmail);
        var known = await manager.FindByEmailAsync(email);
        if (known is null)
        {
            var created = await manager.CreateAsync(account, password);
            if (created.Succeeded)
            {
                if (mayWrite)
                {
                    await emails.ConfirmAsync(account);
                }

                return null;
            }

            return Full(created)
                ?? await AgainAsync(await manager.FindByEmailAsync(email), mayWrite, cancellationToken);
        }

        return Full(await manager.SpendHashTimeAsync(password)) ?? await AgainAsync(known, mayWrite, cancellationToken);
    }

    private async Task<Refusal?> AgainAsync(Account? known, bool mayWrite, CancellationToken cancellationToken)
    {
        if (known is null)
        {
            return new Refusal(RefusalCode.Unavailable, "The account could not be created.", "Try again.");
        }

        await audit.SignUpAgainAsync(known, cancellationToken);
        if (!mayWrite || known.DisabledAt is not null)
        {
            return null;
        }

        if (known.EmailConfirmed)
        {
            emails.Taken(known.Email);
        }
        else
        {
            await emails.ConfirmAsync(known);
        }

        return null;
    }

    private static Refusal? Full(IdentityResult? result) =>
        result?.Errors.Any(error => error.Code == nameof(RefusalCode.Unavailable)) is true
            ? new Refusal(RefusalCode.Unavailable, "Too many passwords are being hashed.", "Try again.")
            : null;
}
