using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Turnstone.Credentials;
using Turnstone.Directory;
using Turnstone.Server.Accounts;
using Turnstone.Server.Mail;
using Turnstone.Server.Settings;

namespace Turnstone.Server.Portal.Entrance;

/// <summary>
/// Email and password. Known and unknown emails are answered alike; that an email is not confirmed is told to whoever
/// has its password.
/// </summary>
[AllowAnonymous]
public sealed class SignInPage(
    PasswordProof passwords,
    AccountSignIn signIn,
    AccountManager manager,
    EntranceLetters letters,
    LetterLimits limits,
    PortalAudit audit,
    TurnstoneSettings settings,
    MailQueue mail,
    IStringLocalizer<EntranceWords> words
) : EntrancePage(words)
{
    private const string SendAgain = "send the confirmation again";

    [BindProperty]
    public string? Email { get; set; }

    [BindProperty]
    public string? Password { get; set; }

    [BindProperty]
    public bool Remember { get; set; }

    public bool OffersSignUp => settings.Portal.SignUp && mail.Sends;

    public bool OffersPasskeys => PasskeyOrigin.IsPossible(settings);

    /// <summary>The account that is not confirmed, and the proof that its password was given.</summary>
    public (Guid Account, string Ticket)? Unconfirmed { get; private set; }

    /// <summary>
    /// Asks even someone who is signed in: another program wants to be sure of who is there now, or he wants to be
    /// somebody else.
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
            return RedirectToPage("/Entrance/SecondStep", new { ReturnUrl });
        }

        await audit.SignedInAsync(account, "password", Cancel);
        return LocalRedirect(Target);
    }

    public async Task<IActionResult> OnPostSendAgainAsync(string? account, string? ticket)
    {
        if (
            await manager.FindByIdAsync(account ?? "") is { EmailConfirmed: false } unconfirmed
            && await manager.VerifyUserTokenAsync(unconfirmed, TokenOptions.DefaultProvider, SendAgain, ticket ?? "")
            && limits.TakeAddress(LetterKind.SignUp, unconfirmed.NormalizedEmail)
        )
        {
            await letters.ConfirmAsync(unconfirmed);
        }

        Tell(Words["SentAgain"]);
        return Redirect(EntrancePaths.SignIn);
    }
}
