using Microsoft.AspNetCore.Mvc;
using Turnstone.Directory;
using Turnstone.Server.Portal.Entrance;
using Turnstone.Server.Portal.Shell;

namespace Turnstone.Server.Portal.Profile.Security;

/// <summary>How the account is protected, and the way to change each part of it.</summary>
public sealed class SecurityIndexPage(SecurityTools tools, IAccountStore accounts, PortalAudit audit) : PortalPage
{
    public int Passkeys { get; private set; }

    public async Task OnGetAsync() => Passkeys = (await accounts.PasskeysAsync(Me.Id, Cancel)).Count;

    /// <summary>
    /// Ends every portal cookie of the account, this browser's too. No password is asked: it can only take away.
    /// </summary>
    public async Task<IActionResult> OnPostSignOutEverywhereAsync()
    {
        if (!(await tools.Manager.UpdateSecurityStampAsync(Me)).Succeeded)
        {
            // Something else about the account was changed in the same moment: ask again rather than promise what was
            // not done.
            return RedirectToPage();
        }

        await audit.SignedOutEverywhereAsync(Me, Cancel);
        await tools.SignIn.SignOutAsync();
        TempData["notice"] = tools.Words["SignedOutEverywhere"].Value;
        return Redirect(EntrancePaths.SignIn);
    }
}
