using System.Globalization;
using System.Text;
using Microsoft.Extensions.Localization;
using Turnstone.Directory;
using Turnstone.Server.Mail;
using Turnstone.Server.Settings;

namespace Turnstone.Server.Portal.ApiKeys;

/// <summary>
/// The letter that warns of a freeze. It is written beside no request, so which language its reader has is not known:
/// it has all of them, one after the other. A key's name stands in its text alone, where nothing in it can be more than
/// text.
/// </summary>
public sealed class FreezeLetter(IStringLocalizer<ApiKeyWords> words, TurnstoneSettings settings)
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
