using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Turnstone.Directory;
using Turnstone.Server.Accounts;

namespace Turnstone.Server.Portal.SignIn;

/// <summary>
/// The page of the confirmation link. Opening it does nothing, because mail scanners open links too. The button asks
/// for the password, so nobody confirms an account that a stranger created with his address.
/// </summary>
[AllowAnonymous]
public sealed class ConfirmEmailPage(
    AccountManager manager,
    PasswordProof passwords,
    AccountSignIn signIn,
    PortalAudit audit,
    IStringLocalizer<SignInWords> words
) : AnonymousPage(words)
{
    [BindProperty(SupportsGet = true)]
    public string? Account { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Token { get; set; }

    [BindProperty]
    public string? Password { get; set; }

    /// <summary>The link is invalid or too old.</summary>
    public bool Stale { get; private set; }

    public void OnGet() { }

    public async Task<IActionResult> OnPostAsync()
    {
        if (await NamedAsync() is not { } named)
        {
            Stale = true;
            return Page();
        }

        var proof = await passwords.SignInAsync(named.Email, Password ?? "", Cancel);
        if (!proof.Granted(out var account, out var refusal))
        {
            return Refused(nameof(Password), refusal, "WrongPassword");
        }

        if (!account.EmailConfirmed && !(await manager.ConfirmEmailAsync(account, Token!)).Succeeded)
        {
            Stale = true;
            return Page();
        }

        if (!await signIn.EnterAsync(account, remember: false))
        {
            return Redirect(SignInPaths.SecondFactor);
        }

        await audit.SignedInAsync(account, "password", Cancel);
        SetNotice(Words["Confirmed"]);
        return Redirect(PortalRoutes.Root);
    }

    private async Task<Account?> NamedAsync() =>
        await manager.FindByIdAsync(Account ?? "") is { } account
        && await manager.VerifyUserTokenAsync(
            account,
            TokenOptions.DefaultProvider,
            UserManager<Account>.ConfirmEmailTokenPurpose,
            Token ?? ""
        )
            ? account
            : null;
}
