using System.Globalization;
using Turnstone.Directory;
using Turnstone.Server.Mail;

namespace Turnstone.Server.Portal.Letters;

/// <summary>
/// A letter in the language of the account; while that is not known, in all languages, one after the other.
/// </summary>
internal static class LetterLanguages
{
    /// <param name="account">The recipient.</param>
    /// <param name="write">Writes the letter in the current language.</param>
    public static Letter Write(Account account, Func<(string Subject, string Text)> write)
    {
        var before = CultureInfo.CurrentUICulture;
        try
        {
            var parts = Of(account.Letters).Select(In).Distinct().ToList();
            return new Letter(
                account.Email,
                string.Join(" · ", parts.Select(part => part.Subject).Distinct()),
                string.Join("\n\n", parts.Select(part => part.Text))
            );
        }
        finally
        {
            CultureInfo.CurrentUICulture = before;
        }

        (string Subject, string Text) In(CultureInfo language)
        {
            CultureInfo.CurrentUICulture = language;
            return write();
        }
    }

    private static CultureInfo[] Of(LetterWishes wishes) =>
        PortalServices.Languages.FirstOrDefault(known => known.Name == wishes.Language) is { } language
            ? [language]
            : PortalServices.Languages;
}
