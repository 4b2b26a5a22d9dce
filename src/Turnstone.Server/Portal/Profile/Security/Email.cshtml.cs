using Microsoft.AspNetCore.Mvc;
using Turnstone.Credentials;
using Turnstone.Server.Mail;
using Turnstone.Server.Portal.SignIn;

namespace Turnstone.Server.Portal.Profile.Security;

/// <summary>
/// Changes the email: a link to the new address, a notice to the old one. Only the new address's owner learns whether
/// it has an account.
/// </summary>
public sealed class ChangeEmailPage(SecurityTools tools, EmailLimits limits, MailQueue mail) : SecurityPage(tools)
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

        if (await FactorFirstAsync(SecurityPaths.Email) is { } first)
        {
            return Redirect(first);
        }

        if (await ProvenAsync() is not { } account)
        {
            return Page();
        }

        if (limits.TakeNetwork(Caller) is { } tooMany)
        {
            Refuse(nameof(NewEmail), Tools.SignInText.SentenceFor(tooMany));
            return Page();
        }

        var email = NewEmail.Trim();
        if (limits.TakeAddress(EmailKind.NewEmail, normalized))
        {
            if (await Tools.Manager.FindByEmailAsync(email) is { } taken)
            {
                await Tools.Emails.TakenAsync(taken.Email);
            }
            else
            {
                await Tools.Emails.ConfirmNewEmailAsync(account, email);
            }
        }

        await Tools.Emails.ChangedAsync(account.Email, "EmailWillChange", email);
        SetNotice(Tools.Words["NewEmailSent", email]);
        return Redirect(SecurityPaths.Index);
    }
}
