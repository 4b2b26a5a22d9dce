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
    LetterText texts,
    TurnstoneSettings settings,
    IStringLocalizer<LetterWords> words
)
{
    public bool Sends => mail.Sends;

    public async Task SendAsync(Account account)
    {
        var link = await links.InviteAsync(account);
        await mail.SendAsync(
            LetterLanguages.Write(account, () => texts.Write(LetterForm.Invite, () => Write(link))),
            CancellationToken.None
        );
    }

    private LetterDraft Write(string link)
    {
        var brand = settings.Portal.Brand.Name;
        var (portal, later) = (settings.Issuer + PortalRoutes.Root, settings.Issuer + SignInPaths.Forgot);
        return new(
            words["InviteSubject", brand],
            [words["InviteWhat", brand, portal], link, $"{words["InviteLater"]}\n{later}", words["InviteElse"]],
            (LetterForm.Link, link),
            ("portal", portal),
            ("later", later)
        );
    }
}
