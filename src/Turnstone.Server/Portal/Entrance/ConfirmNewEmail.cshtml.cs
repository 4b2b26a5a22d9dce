using System.Globalization;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;
using Turnstone.Directory;
using Turnstone.Server.Accounts;
using Turnstone.Server.Mail;

namespace Turnstone.Server.Portal.Entrance;

/// <summary>
/// Where the link to a new address leads. That the letter has reached somebody is half of the proof; the other half is
/// that he is the account's owner, signed in or with its password. Without it a stranger could name another's address
/// and would have it as soon as the one who reads there presses the button.
/// </summary>
[AllowAnonymous]
public sealed class ConfirmNewEmailPage(
    AccountManager manager,
    PasswordProof passwords,
    AccountSignIn signIn,
    EntranceLetters letters,
    IStringLocalizer<EntranceWords> words
) : EntrancePage(words)
{
    [BindProperty(SupportsGet = true)]
    public string? Account { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Token { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Email { get; set; }

    [BindProperty]
    public string? Password { get; set; }

    /// <summary>The link is too old, or was never one.</summary>
    public bool Stale { get; private set; }

    /// <summary>Whether this browser is signed in to the very account that the link is of.</summary>
    public bool IsOwner =>
        PortalSession.AccountOf(HttpContext)?.Id.ToString("D", CultureInfo.InvariantCulture) == Account;

    public void OnGet() { }

    public async Task<IActionResult> OnPostAsync()
    {
        if (await NamedAsync() is not { } account)
        {
            return ShowStale();
        }

        if (!IsOwner)
        {
            var proof = await passwords.SignInAsync(account.Email, Password ?? "", Cancel);
            if (!proof.Granted(out var proven, out var refusal))
            {
                return Refused(nameof(Password), refusal, "WrongPassword");
            }

            account = proven;
        }

        var old = account.Email;
        if (!(await manager.ChangeEmailAsync(account, Email!, Token!)).Succeeded)
        {
            return ShowStale();
        }

        letters.Changed(old, "EmailWasChanged", account.Email);
        Tell(Words["NewEmailDone"]);
        if (!IsOwner)
        {
            return Redirect(EntrancePaths.SignIn);
        }

        // Every other browser is signed out by the new stamp; this one goes on.
        await signIn.RefreshSignInAsync(account);
        return Redirect("/portal/profile");
    }

    // Before any password is tried: without a good link this is no place to guess at one.
    private async Task<Account?> NamedAsync() =>
        Letter.CanReach(Email)
        && await manager.FindByIdAsync(Account ?? "") is { DisabledAt: null } account
        && await manager.VerifyUserTokenAsync(
            account,
            manager.Options.Tokens.ChangeEmailTokenProvider,
            AccountManager.GetChangeEmailTokenPurpose(Email),
            Token ?? ""
        )
            ? account
            : null;

    private PageResult ShowStale()
    {
        Stale = true;
        return Page();
    }
}
