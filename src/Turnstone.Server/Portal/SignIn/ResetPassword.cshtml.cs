using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Server.Accounts;

namespace Turnstone.Server.Portal.SignIn;

/// <summary>
/// Sets a new password with the link from an email, once: it is bound to the stamp that the new password changes. It
/// also confirms the email, and it is how somebody who was invited sets the first. The second factor stays: a
/// compromised mailbox is not enough.
/// </summary>
[AllowAnonymous]
public sealed class ResetPasswordPage(
    AccountManager manager,
    AccountSignIn signIn,
    SignInEmails emails,
    IStringLocalizer<SignInWords> words
) : AnonymousPage(words)
{
    [BindProperty(SupportsGet = true)]
    public string? Account { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Token { get; set; }

    [BindProperty]
    public string? Password { get; set; }

    public bool Stale { get; private set; }

    public void OnGet() { }

    public async Task<IActionResult> OnPostAsync()
    {
        if (await NamedAsync() is not { } account)
        {
            Stale = true;
            return Page();
        }

        if (!await AcceptsAsync(manager, account, nameof(Password), Password))
        {
            return Page();
        }

        account.EmailConfirmed = true;
        var set = await manager.SetPasswordAsync(account, Password!);
        if (set.Errors.Any(error => error.Code == nameof(RefusalCode.Unavailable)))
        {
            return Refused(nameof(Password), new Refusal(RefusalCode.Unavailable, "", ""));
        }

        Stale = !set.Succeeded;
        if (Stale)
        {
            return Page();
        }

        await emails.ChangedAsync(account.Email, "PasswordWasReset");
        await signIn.SignOutAsync();
        SetNotice(Words["ResetDone"]);
        return Redirect(SignInPaths.SignIn);
    }

    private async Task<Account?> NamedAsync() =>
        await manager.FindByIdAsync(Account ?? "") is { DisabledAt: null } account
        && (
            await HoldsAsync(account, UserManager<Account>.ResetPasswordTokenPurpose)
            || account is { EmailConfirmed: false, PasswordHash: null }
                && await HoldsAsync(account, AccountLinkProvider.Invitation)
        )
            ? account
            : null;

    private Task<bool> HoldsAsync(Account account, string purpose) =>
        manager.VerifyUserTokenAsync(account, TokenOptions.DefaultProvider, purpose, Token ?? "");
}
