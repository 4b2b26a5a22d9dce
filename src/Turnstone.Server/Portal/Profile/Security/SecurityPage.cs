using Microsoft.AspNetCore.Mvc;
using Turnstone.Directory;
using Turnstone.Server.Portal.Entrance;
using Turnstone.Server.Portal.Shell;

namespace Turnstone.Server.Portal.Profile.Security;

/// <summary>
/// A page that changes how an account is protected. A borrowed browser must not do that, so the password is asked each
/// time.
/// </summary>
public abstract class SecurityPage(SecurityTools tools) : PortalPage
{
    [BindProperty]
    public string? CurrentPassword { get; set; }

    protected SecurityTools Tools => tools;

    /// <summary>
    /// The account as it is stored now, if the password was right; the sentence beside the field is written otherwise.
    /// </summary>
    protected async Task<Account?> ProvenAsync()
    {
        if (await tools.Proof.OfAsync(Me, CurrentPassword, Cancel) is { } refusal)
        {
            Refuse(nameof(CurrentPassword), tools.Entrance.SentenceFor(refusal, "WrongPassword"));
            return null;
        }

        // Read again: the proof may have given the same password a better hash.
        return await tools.Manager.FindByIdAsync(Me.Id.ToString());
    }

    /// <summary>After a change that ended every cookie of the account this browser gets a new one.</summary>
    protected Task StayAsync(Account account) => tools.SignIn.RefreshSignInAsync(account);
}
