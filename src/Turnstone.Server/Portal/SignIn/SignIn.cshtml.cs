using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Turnstone.Credentials;
using Turnstone.Directory;
using Turnstone.Server.Accounts;
using Turnstone.Server.Settings;

namespace Turnstone.Server.Portal.SignIn;

/// <summary>
/// Email and password. Known and unknown emails get the same answer. That an email is not confirmed is shown only with
/// the right password.
/// </summary>
[AllowAnonymous]
public sealed class SignInPage(
    PasswordProof passwords,
    AccountSignIn signIn,
    AccountManager manager,
    SignInEmails emails,
    EmailLimits limits,
    PortalAudit audit,
    TurnstoneSettings settings,
    SignUpOffer offer,
    IStringLocalizer<SignInWords> words
) : AnonymousPage(words)
{
    private const string SendAgain = "send the confirmation again";

    [BindProperty]
    public string? Email { get; set; }

    [BindProperty]
    public string? Password { get; set; }

    [BindProperty]
    public bool Remember { get; set; }

    public bool OffersSignUp => offer.IsOpen;

    public bool OffersPasskeys => PasskeyOrigin.IsPossible(settings);

    /// <summary>The unconfirmed account, with a proof that its password was entered.</summary>
    public (Guid Account, string Ticket)? Unconfirmed { get; private set; }

    /// <summary>
    /// Shows the form even to someone who is signed in: a client requires a new sign-in, or the user wants another
    /// account.
    /// </summary>
    [BindProperty(SupportsGet = true)]
    public bool Again { get; set; }

    public IActionResult OnGet([FromQuery(Name = "login_hint")] string? hint)
    {
        if (User.Identity?.IsAuthenticated is true && !Again)
        {
            return LocalRedirect(Target);
        }

        Email = EmailAddress.TryNormalize(hint, out _) ? hint : null;
        return Page();
    }

    public async Task<IActionResult> OnPostAsync()
    {
        var proof = await passwords.SignInAsync(Email ?? "", Password ?? "", Cancel);
        if (!proof.Granted(out var account, out var refusal))
        {
            return Refused(nameof(Password), refusal);
        }

        if (!account.EmailConfirmed)
        {
            Unconfirmed = (
                account.Id,
                await manager.GenerateUserTokenAsync(account, TokenOptions.DefaultProvider, SendAgain)
            );
            return Page();
        }

        if (!await signIn.EnterAsync(account, Remember))
        {
            return RedirectToPage("/SignIn/SecondFactor", new { ReturnUrl });
        }

        await audit.SignedInAsync(account, "password", Cancel);
        return LocalRedirect(Target);
    }

    public async Task<IActionResult> OnPostSendAgainAsync(string? account, string? ticket)
    {
        if (
            await manager.FindByIdAsync(account ?? "") is { EmailConfirmed: false } unconfirmed
            && await manager.VerifyUserTokenAsync(unconfirmed, TokenOptions.DefaultProvider, SendAgain, ticket ?? "")
            && limits.TakeAddress(EmailKind.SignUp, unconfirmed.NormalizedEmail)
        )
        {
            await emails.ConfirmAsync(unconfirmed);
        }

        SetNotice(Words["SentAgain"]);
        return Redirect(SignInPaths.SignIn);
    }
}
