using System.Globalization;
using System.Text;
using Microsoft.Extensions.Localization;
using Turnstone.Directory;
using Turnstone.Server.Mail;
using Turnstone.Server.Settings;

namespace Turnstone.Server.Portal.ApiKeys;

/// <summary>
/// The email that warns of a freeze. No request causes it, so the reader's language is not known: it has all languages,
/// one after the other. A key's name appears in the text only, not in the subject.
/// </summary>
public sealed class FreezeEmail(IStringLocalizer<ApiKeyWords> words, TurnstoneSettings settings)
{
    public Letter To(string email, IReadOnlyCollection<ApiKey> keys)
    {
        var before = CultureInfo.CurrentUICulture;
        try
        {
            var parts = PortalServices.Languages.Select(language => In(language, keys)).ToList();
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
    }

    private (string Subject, string Text) In(CultureInfo language, IEnumerable<ApiKey> keys)
    {
        CultureInfo.CurrentUICulture = language;
        var text = new StringBuilder().Append(words["MailWhat"]).Append("\n\n");
        foreach (var key in keys)
        {
            var at = key.FreezesAt.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
            text.Append("- ").Append(words["MailKey", key.Name, at]).Append('\n');
        }

        text.Append('\n')
            .Append(words["MailDo"])
            .Append('\n')
            .Append(CultureInfo.InvariantCulture, $"{settings.Issuer}{ApiKeyView.Root}");
        return (words["MailSubject"], text.ToString());
    }
}
