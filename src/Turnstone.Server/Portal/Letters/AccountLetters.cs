using System.Globalization;
using Microsoft.Extensions.Localization;
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
    IStringLocalizer<LetterWords> words,
    ILogger<AccountLetters> log
)
{
    /// <summary>Whether this service sends mail at all.</summary>
    public bool Sends => mail.Sends;

    /// <summary>Never fails: what the letter is about has been done.</summary>
    /// <param name="account">The recipient.</param>
    /// <param name="kind">Of which kind it is.</param>
    /// <param name="write">The subject and the paragraphs, in the current language.</param>
    public async Task SendAsync(
        Account account,
        LetterKind kind,
        Func<(string Subject, IEnumerable<string> Paragraphs)> write
    )
    {
        ArgumentNullException.ThrowIfNull(account);
        ArgumentNullException.ThrowIfNull(write);

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
                LetterLanguages.Write(
                    account,
                    () =>
                    {
                        var (subject, paragraphs) = write();
                        return (subject, Text(kind, paragraphs));
                    }
                ),
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

    private string Text(LetterKind kind, IEnumerable<string> paragraphs) =>
        string.Join(
            "\n\n",
            [
                .. paragraphs,
                .. LetterWishes.MayBeOff(kind)
                    ? [$"{words["TurnOff"]}\n{Link(LetterPaths.Choose)}"]
                    : Array.Empty<string>(),
                settings.Portal.Brand.Name,
            ]
        ) + "\n";
}
