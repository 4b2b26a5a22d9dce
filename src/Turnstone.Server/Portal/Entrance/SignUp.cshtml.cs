using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Server.Accounts;
using Turnstone.Server.Mail;
using Turnstone.Server.Settings;

namespace Turnstone.Server.Portal.Entrance;

/// <summary>
/// A new account. Whether the email has one already is told by mail to whoever reads it, and to nobody else.
/// </summary>
[AllowAnonymous]
public sealed class SignUpPage(
    AccountSignUp signUp,
    AccountManager manager,
    LetterLimits limits,
    CurrentCaller caller,
    RandomSource random,
    TimeProvider time,
    TurnstoneSettings settings,
    MailQueue mail,
    IStringLocalizer<EntranceWords> words
) : EntrancePage(words)
{
    [BindProperty]
    public string? Email { get; set; }

    [BindProperty]
    public string? Password { get; set; }

    /// <summary>The letter is on its way.</summary>
    [BindProperty(SupportsGet = true)]
    public bool? Sent { get; set; }

    public bool SendsMail => mail.Sends;

    public bool Open => SendsMail && settings.Portal.SignUp;

    public IActionResult OnGet() => User.Identity?.IsAuthenticated is true ? Redirect(PortalRoutes.Root) : Page();

    public async Task<IActionResult> OnPostAsync()
    {
        Sent = null;
        if (!Open)
        {
            return Page();
        }

        if (!Letter.CanReach(Email))
        {
            Refuse(nameof(Email), Words["EmailMalformed"]);
            return Page();
        }

        if (!await AcceptsAsync(manager, NewAccount.For(Email, random, time.GetUtcNow()), nameof(Password), Password))
        {
            return Page();
        }

        if ((limits.TakeNetwork(caller.Current) ?? await signUp.SignUpAsync(Email, Password!, Cancel)) is { } refusal)
        {
            return Refused(nameof(Email), refusal);
        }

        return RedirectToPage(new { sent = true });
    }
}
