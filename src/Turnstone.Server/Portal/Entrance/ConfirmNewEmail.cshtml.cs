using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Turnstone.Server.Accounts;
using Turnstone.Server.Mail;

namespace Turnstone.Server.Portal.Entrance;

/// <summary>Where the link to a new address leads: it proves that the account's owner wanted it and that the letter has reached him there.</summary>
[AllowAnonymous]
public sealed class ConfirmNewEmailPage(AccountManager manager, AccountSignIn signIn, EntranceLetters letters, IStringLocalizer<EntranceWords> words) : EntrancePage(words)
{
    [BindProperty(SupportsGet = true)]
    public string? Account { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Token { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Email { get; set; }

    public bool Stale { get; private set; }

    public void OnGet()
    {
    }

    public async Task<IActionResult> OnPostAsync()
    {
        if (!Letter.CanReach(Email) || await manager.FindByIdAsync(Account ?? "") is not { DisabledAt: null } account)
        {
            Stale = true;
            return Page();
        }

        var old = account.Email;
        if (!(await manager.ChangeEmailAsync(account, Email, Token ?? "")).Succeeded)
        {
            Stale = true;
            return Page();
        }

        letters.Changed(old, "EmailWasChanged", account.Email);
        Tell(Words["NewEmailDone"]);
        if (PortalSession.AccountOf(HttpContext)?.Id != account.Id)
        {
            return Redirect(EntrancePaths.SignIn);
        }

        // Every other browser is signed out by the new stamp; this one goes on.
        await signIn.RefreshSignInAsync(account);
        return Redirect("/portal/profile");
    }
}
