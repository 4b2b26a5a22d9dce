using System.Globalization;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;
using Turnstone.Directory;
using Turnstone.Server.Accounts;
using Turnstone.Server.Mail;

namespace Turnstone.Server.Portal.SignIn;

/// <summary>
/// The page of the link to a new address. Receiving the email is half of the proof. The other half is being the
/// account's owner: signed in, or with its password. Otherwise a stranger could name somebody's address and would get
/// it as soon as that person presses the button.
/// </summary>
[AllowAnonymous]
public sealed class ConfirmNewEmailPage(
    AccountManager manager,
    PasswordProof passwords,
    AccountSignIn signIn,
    SignInEmails emails,
    IStringLocalizer<SignInWords> words
) : AnonymousPage(words)
{
    [BindProperty(SupportsGet = true)]
    public string? Account { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Token { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Email { get; set; }

    [BindProperty]
    public string? Password { get; set; }

    /// <summary>The link is invalid or too old.</summary>
    public bool Stale { get; private set; }

    /// <summary>Whether this browser is signed in to the account of the link.</summary>
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

        await emails.ChangedAsync(old, "EmailWasChanged", account.Email);
        SetNotice(Words["NewEmailDone"]);
        if (!IsOwner)
        {
            return Redirect(SignInPaths.SignIn);
        }

        // The new stamp signs out every other browser; this one stays signed in.
        await signIn.RefreshSignInAsync(account);
        return Redirect("/portal/profile");
    }

    // Checked before the password, so the page cannot be used to guess passwords without a valid link.
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
