using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Server.Accounts;
using Turnstone.Server.Mail;

namespace Turnstone.Server.Portal.SignIn;

/// <summary>
/// Requests a link to set a new password. The answer is the same for an unknown email and takes as long: the same link
/// is created and discarded.
/// </summary>
[AllowAnonymous]
public sealed class ForgotPasswordPage(
    AccountManager manager,
    SignInEmails emails,
    EmailLimits limits,
    CurrentCaller caller,
    RandomSource random,
    TimeProvider time,
    MailQueue mail,
    IStringLocalizer<SignInWords> words
) : AnonymousPage(words)
{
    [BindProperty]
    public string? Email { get; set; }

    [BindProperty(SupportsGet = true)]
    public bool? Sent { get; set; }

    public bool SendsMail => mail.Sends;

    public void OnGet() { }

    public async Task<IActionResult> OnPostAsync()
    {
        Sent = null;
        if (!SendsMail)
        {
            return Page();
        }

        if (!Letter.CanReach(Email))
        {
            Refuse(nameof(Email), Words["EmailMalformed"]);
            return Page();
        }

        if (limits.TakeNetwork(caller.Current) is { } tooMany)
        {
            return Refused(nameof(Email), tooMany);
        }

        var nobody = NewAccount.For(Email, random, time.GetUtcNow());
        var mayWrite = limits.TakeAddress(EmailKind.Reset, nobody.NormalizedEmail);
        await (
            mayWrite && await manager.FindByEmailAsync(Email) is { DisabledAt: null } account
                ? emails.ResetAsync(account)
                : emails.SpendResetTimeAsync(nobody)
        );
        return RedirectToPage(new { sent = true });
    }
}
