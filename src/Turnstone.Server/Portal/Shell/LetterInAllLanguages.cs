using System.Globalization;
using Turnstone.Server.Mail;

namespace Turnstone.Server.Portal.Shell;

/// <summary>
/// A letter that no page's reader asked for, so that the language of whoever gets it is not known: it has all
/// languages, one after the other.
/// </summary>
internal static class LetterInAllLanguages
{
    /// <param name="email">The recipient.</param>
    /// <param name="write">Writes the letter in the current language.</param>
    public static Letter Write(string email, Func<(string Subject, string Text)> write)
    {
        var before = CultureInfo.CurrentUICulture;
        try
        {
            var parts = PortalServices.Languages.Select(In).ToList();
            return new Letter(
                email,
                string.Join(" · ", parts.Select(part => part.Subject)),
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
}
