using System.Globalization;
using System.Text;
using Microsoft.Extensions.Localization;
using Turnstone.Directory;
using Turnstone.Server.Mail;
using Turnstone.Server.Portal.Shell;
using Turnstone.Server.Settings;

namespace Turnstone.Server.Portal.ApiKeys;

/// <summary>
/// The email that warns of a freeze. A key's name appears in the text only, not in the subject.
/// </summary>
public sealed class FreezeEmail(IStringLocalizer<ApiKeyWords> words, TurnstoneSettings settings)
{
    public Letter To(string email, IReadOnlyCollection<ApiKey> keys) =>
        LetterInAllLanguages.Write(
            email,
            () =>
            {
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
        );
}
