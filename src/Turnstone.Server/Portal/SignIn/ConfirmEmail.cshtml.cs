using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Turnstone.Directory;
using Turnstone.Server.Accounts;

namespace Turnstone.Server.Portal.SignIn;

/// <summary>
/// The page of the confirmation link. Opening it does nothing, because mail scanners open links too. The button needs
/// the password, so nobody confirms an account that a stranger created with his address; the browser that has just
/// chosen it is not asked for it again.
/// </summary>
[AllowAnonymous]
public sealed class ConfirmEmailPage(
    AccountManager manager,
    PasswordProof passwords,
    AccountSignIn signIn,
    PortalAudit audit,
    SignUpProof signedUp,
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

    /// <summary>This browser has just chosen the password.</summary>
    public bool Proven { get; private set; }

    public async Task OnGetAsync() => Proven = await NamedAsync() is { } named && IsProven(named);

    public async Task<IActionResult> OnPostAsync()
    {
        if (await NamedAsync() is not { } named)
        {
            Stale = true;
            return Page();
        }

        // A password that was given is checked.
        if (string.IsNullOrEmpty(Password) && IsProven(named))
        {
            return await ConfirmAsync(named) ? await EnteredAsync(named) : Page();
        }

        var proof = await passwords.SignInAsync(named.Email, Password ?? "", Cancel);
        if (!proof.Granted(out var account, out var refusal))
        {
            return Refused(nameof(Password), refusal, "WrongPassword");
        }

        if (account.EmailConfirmed)
        {
            return await signIn.EnterAsync(account, remember: false)
                ? await EnteredAsync(account)
                : Redirect(SignInPaths.SecondFactor);
        }

        return await ConfirmAsync(account) ? await EnteredAsync(account) : Page();
    }

    private bool IsProven(Account account) =>
        account is { EmailConfirmed: false, DisabledAt: null } && signedUp.Of(account);

    private async Task<bool> ConfirmAsync(Account account)
    {
        Stale = !(await manager.ConfirmEmailAsync(account, Token!)).Succeeded;
        if (!Stale)
        {
            await signIn.EnterConfirmedAsync(account);
        }

        return !Stale;
    }

    private async Task<IActionResult> EnteredAsync(Account account)
    {
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
