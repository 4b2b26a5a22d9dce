using Microsoft.AspNetCore.Mvc;
using Turnstone.Directory;
using Turnstone.Server.Portal.Shell;
using Turnstone.Server.Portal.SignIn;

namespace Turnstone.Server.Portal.Profile.Security;

/// <summary>
/// A page that changes how an account is protected. It asks for the password, because the browser may be unattended.
/// </summary>
public abstract class SecurityPage(SecurityTools tools) : PortalPage
{
    [BindProperty]
    public string? CurrentPassword { get; set; }

    protected SecurityTools Tools => tools;

    /// <summary>The stored account if the password was right; otherwise the error is beside the field.</summary>
    protected async Task<Account?> ProvenAsync()
    {
        if (await tools.Proof.OfAsync(Me, CurrentPassword, Cancel) is { } refusal)
        {
            Refuse(nameof(CurrentPassword), tools.SignInText.SentenceFor(refusal, "WrongPassword"));
            return null;
        }

        // Read again: the check may have stored a new hash of the same password.
        return await tools.Manager.FindByIdAsync(Me.Id.ToString());
    }

    /// <summary>The change has ended every cookie of the account, so this browser gets a new one.</summary>
    protected Task StayAsync(Account account) => tools.SignIn.RefreshSignInAsync(account);
}
