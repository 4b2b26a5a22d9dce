using Microsoft.AspNetCore.Identity;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Server.Accounts;
using Turnstone.Server.Mail;
using Turnstone.Storage;

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
    SignUpProof proof,
    RandomSource random,
    TimeProvider time,
    ILogger<AccountRegistration> log
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
                proof.Write(account);
                return mayWrite ? await StoredAsync(emails.ConfirmAsync(account)) : null;
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

        proof.Write(null);
        await audit.SignUpAgainAsync(known, cancellationToken);
        return mayWrite
            ? await StoredAsync(
                known.DisabledAt is not null ? emails.SpendTakenTimeAsync(known.Email)
                : known.EmailConfirmed ? emails.TakenAsync(known.Email)
                : emails.ConfirmAsync(known)
            )
            : null;
    }

    // The account may have been created, so the answer must not say that nothing was changed.
    private async Task<Refusal?> StoredAsync(Task email)
    {
        try
        {
            await email;
            return null;
        }
        catch (StoreUnavailableException problem)
        {
            log.NotStored(problem);
            return new Refusal(RefusalCode.Unavailable, "The email could not be sent.", "Try again.");
        }
    }

    private static Refusal? Full(IdentityResult? result) =>
        result?.Errors.Any(error => error.Code == nameof(RefusalCode.Unavailable)) is true
            ? new Refusal(RefusalCode.Unavailable, "Too many passwords are being hashed.", "Try again.")
            : null;
}
