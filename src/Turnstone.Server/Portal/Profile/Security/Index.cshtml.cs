using Microsoft.AspNetCore.Mvc;
using Turnstone.Directory;
using Turnstone.Server.Portal.Shell;
using Turnstone.Server.Portal.SignIn;

namespace Turnstone.Server.Portal.Profile.Security;

/// <summary>How the account is protected, with links to change each part.</summary>
public sealed class SecurityIndexPage(SecurityTools tools, IAccountStore accounts, PortalAudit audit) : PortalPage
{
    public int Passkeys { get; private set; }

    public async Task OnGetAsync() => Passkeys = (await accounts.PasskeysAsync(Me.Id, Cancel)).Count;

    /// <summary>
    /// Ends every portal cookie of the account, including this browser's. It needs no password, because it can only
    /// remove access.
    /// </summary>
    public async Task<IActionResult> OnPostSignOutEverywhereAsync()
    {
        if (!(await tools.Manager.UpdateSecurityStampAsync(Me)).Succeeded)
        {
            // The account was changed concurrently: the user has to try again.
            return RedirectToPage();
        }

        await audit.SignedOutEverywhereAsync(Me, Cancel);
        await tools.SignIn.SignOutAsync();
        TempData["notice"] = tools.Words["SignedOutEverywhere"].Value;
        return Redirect(SignInPaths.SignIn);
    }
}
