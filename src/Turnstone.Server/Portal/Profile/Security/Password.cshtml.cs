using Microsoft.AspNetCore.Mvc;
using Turnstone.Server.Portal.SignIn;

namespace Turnstone.Server.Portal.Profile.Security;

/// <summary>Changes the password. It ends all tokens and signs out every other browser.</summary>
public sealed class ChangePasswordPage(SecurityTools tools) : SecurityPage(tools)
{
    [BindProperty]
    public string? NewPassword { get; set; }

    public void OnGet() { }

    public async Task<IActionResult> OnPostAsync()
    {
        // Checked first, so an unacceptable new password costs no attempt with the old one.
        if (await Tools.Manager.FaultsOfAsync(Me, NewPassword) is [var fault, ..])
        {
            Refuse(nameof(NewPassword), Tools.SignInText.SentenceForPassword(fault));
            return Page();
        }

        if (await ProvenAsync() is not { } account)
        {
            return Page();
        }

        if (!(await Tools.Manager.SetPasswordAsync(account, NewPassword!)).Succeeded)
        {
            Refuse(nameof(NewPassword), Tools.SignInText["Busy"]);
            return Page();
        }

        await Tools.Emails.ChangedAsync(account.Email, "PasswordWasChanged");
        await StayAsync(account);
        SetNotice(Tools.Words["PasswordChanged"]);
        return Redirect(SecurityPaths.Index);
    }
}
