using System.Globalization;
using Turnstone.Directory;
using Turnstone.Server.Mail;
using Turnstone.Server.Portal.SignIn;
using Turnstone.Server.Settings;
using Turnstone.Storage;

namespace Turnstone.Server.Portal.Letters;

/// <summary>
/// Sends an account what it has not asked for: in its language, of the kinds that it wants, and not without end.
/// </summary>
public sealed class AccountLetters(
    MailQueue mail,
    EmailLimits limits,
    TurnstoneSettings settings,
    LetterText texts,
    ILogger<AccountLetters> log
)
{
    /// <summary>Whether this service sends mail at all.</summary>
    public bool Sends => mail.Sends;

    /// <summary>Never fails: what the letter is about has been done.</summary>
    /// <param name="account">The recipient.</param>
    /// <param name="form">Which letter it is.</param>
    /// <param name="write">Its words and facts, in the current language.</param>
    public async Task SendAsync(Account account, LetterForm form, Func<LetterDraft> write)
    {
        ArgumentNullException.ThrowIfNull(account);
        ArgumentNullException.ThrowIfNull(form);
        var kind = form.Kind ?? throw new ArgumentException("It is asked for.", nameof(form));

        // An unconfirmed address may belong to somebody else.
        if (
            !mail.Sends
            || account is not { DisabledAt: null, EmailConfirmed: true }
            || !account.Letters.Wants(kind)
            || !Letter.CanReach(account.Email)
            || (IsLimited(kind) && !limits.TakeAddress(kind, account.NormalizedEmail))
        )
        {
            return;
        }

        try
        {
            // Not the request's token: a client that disconnects does not stop the email.
            await mail.SendAsync(
                LetterLanguages.Write(account, () => texts.Write(form, write)),
                CancellationToken.None
            );
        }
        catch (StoreUnavailableException problem)
        {
            log.NotStored(problem);
        }
    }

    /// <summary>A time as letters have it: who reads one is in a zone that nobody knows.</summary>
    public static string Time(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);

    public string Link(string path) => settings.Issuer + path;

    // Whoever knows a password or has stolen a token can have these written as often as he likes. The others are
    // written once for each thing, or once an hour.
    private static bool IsLimited(LetterKind kind) =>
        kind is LetterKind.SuspectedCopy or LetterKind.NewSignIn or LetterKind.NewKey;
}
