using Microsoft.AspNetCore.Mvc;
using Turnstone.Administration;
using Turnstone.Server.Portal.SignIn;

namespace Turnstone.Server.Portal.Profile.Security;

/// <summary>Erases the account of its reader.</summary>
public sealed class ErasePage(SecurityTools tools, AccountErasure erasure) : SecurityPage(tools)
{
    public void OnGet() { }

    public async Task<IActionResult> OnPostAsync()
    {
        if (await ProvenAsync() is not { } account)
        {
            return Page();
        }

        // Whoever was erased is not named as the one who did it.
        if (await erasure.EraseAsync(account.Id, Turnstone.Model.Caller.Erased, Cancel) is ActOutcome.LastAdministrator)
        {
            Refuse(nameof(CurrentPassword), Tools.Words["EraseOnlyAdministrator"]);
            return Page();
        }

        await Tools.SignIn.SignOutAsync();
        TempData["notice"] = Tools.Words["Erased"].Value;
        return Redirect(SignInPaths.SignIn);
    }
}
