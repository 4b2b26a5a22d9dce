using Microsoft.AspNetCore.Mvc;
using Turnstone.Server.Portal.Entrance;

namespace Turnstone.Server.Portal.Profile.Security;

/// <summary>Another password. It ends every token and every other browser of the account.</summary>
public sealed class ChangePasswordPage(SecurityTools tools) : SecurityPage(tools)
{
    [BindProperty]
    public string? NewPassword { get; set; }

    public void OnGet() { }

    public async Task<IActionResult> OnPostAsync()
    {
        // Looked at first, so that a new password that will not do costs no try of the old one.
        if (await Tools.Manager.FaultsOfAsync(Me, NewPassword) is [var fault, ..])
        {
            Refuse(nameof(NewPassword), Tools.Entrance.SentenceForPassword(fault));
            return Page();
        }

        if (await ProvenAsync() is not { } account)
        {
            return Page();
        }

        if (!(await Tools.Manager.SetPasswordAsync(account, NewPassword!)).Succeeded)
        {
            Refuse(nameof(NewPassword), Tools.Entrance["Busy"]);
            return Page();
        }

        Tools.Letters.Changed(account.Email, "PasswordWasChanged");
        await StayAsync(account);
        Tell(Tools.Words["PasswordChanged"]);
        return Redirect(SecurityPaths.Index);
    }
}
