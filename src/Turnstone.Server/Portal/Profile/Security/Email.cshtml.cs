using Microsoft.AspNetCore.Mvc;
using Turnstone.Credentials;
using Turnstone.Model;
using Turnstone.Server.Mail;
using Turnstone.Server.Portal.Entrance;

namespace Turnstone.Server.Portal.Profile.Security;

/// <summary>
/// Another email: a link to the new address, a notice to the old one. Whether the new one has an account is told to
/// nobody but its owner.
/// </summary>
public sealed class ChangeEmailPage(SecurityTools tools, LetterLimits limits, MailQueue mail) : SecurityPage(tools)
{
    [BindProperty]
    public string? NewEmail { get; set; }

    public bool SendsMail => mail.Sends;

    public void OnGet() { }

    public async Task<IActionResult> OnPostAsync()
    {
        if (!SendsMail)
        {
            return Page();
        }

        if (
            !Letter.CanReach(NewEmail)
            || !EmailAddress.TryNormalize(NewEmail, out var normalized)
            || normalized == Me.NormalizedEmail
        )
        {
            Refuse(nameof(NewEmail), Tools.Words["NewEmailMalformed"]);
            return Page();
        }

        if (await ProvenAsync() is not { } account)
        {
            return Page();
        }

        if (limits.TakeNetwork(Caller) is { } tooMany)
        {
            Refuse(nameof(NewEmail), Tools.Entrance.SentenceFor(tooMany));
            return Page();
        }

        var email = NewEmail.Trim();
        if (limits.TakeAddress(LetterKind.NewEmail, normalized))
        {
            if (await Tools.Manager.FindByEmailAsync(email) is { } taken)
            {
                Tools.Letters.Taken(taken.Email);
            }
            else
            {
                await Tools.Letters.ConfirmNewEmailAsync(account, email);
            }
        }

        Tools.Letters.Changed(account.Email, "EmailWillChange", email);
        Tell(Tools.Words["NewEmailSent", email]);
        return Redirect(SecurityPaths.Index);
    }
}
