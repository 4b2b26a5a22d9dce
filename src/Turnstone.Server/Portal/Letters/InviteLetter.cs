using Microsoft.Extensions.Localization;
using Turnstone.Directory;
using Turnstone.Server.Mail;
using Turnstone.Server.Portal.SignIn;
using Turnstone.Server.Settings;

namespace Turnstone.Server.Portal.Letters;

/// <summary>Invites somebody whose account an administrator has made.</summary>
public sealed class InviteLetter(
    MailQueue mail,
    AccountLinks links,
    TurnstoneSettings settings,
    IStringLocalizer<LetterWords> words
)
{
    public bool Sends => mail.Sends;

    public async Task SendAsync(Account account)
    {
        var brand = settings.Portal.Brand.Name;
        var link = await links.InviteAsync(account);
        await mail.SendAsync(
            LetterLanguages.Write(
                account,
                () =>
                    (
                        words["InviteSubject", brand],
                        string.Join(
                            "\n\n",
                            words["InviteWhat", brand, settings.Issuer + PortalRoutes.Root],
                            link,
                            $"{words["InviteLater"]}\n{settings.Issuer}{SignInPaths.Forgot}",
                            words["InviteElse"],
                            brand
                        ) + "\n"
                    )
            ),
            CancellationToken.None
        );
    }
}
