using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Server.Accounts;
using Turnstone.Server.Mail;

namespace Turnstone.Server.Portal.SignIn;

/// <summary>Creates an account. Only an email to the address says whether it already has one.</summary>
[AllowAnonymous]
public sealed class SignUpPage(
    AccountRegistration registration,
    AccountManager manager,
    EmailLimits limits,
    CurrentCaller caller,
    RandomSource random,
    TimeProvider time,
    SignUpOffer offer,
    MailQueue mail,
    IStringLocalizer<SignInWords> words
) : AnonymousPage(words)
{
    [BindProperty]
    public string? Email { get; set; }

    [BindProperty]
    public string? Password { get; set; }

    /// <summary>The email was queued.</summary>
    [BindProperty(SupportsGet = true)]
    public bool? Sent { get; set; }

    public bool SendsMail => mail.Sends;

    public bool Open => offer.IsOpen;

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

        var refused = limits.TakeNetwork(caller.Current) ?? await registration.SignUpAsync(Email, Password!, Cancel);
        if (refused is { } refusal)
        {
            return Refused(nameof(Email), refusal);
        }

        return RedirectToPage(new { sent = true });
    }
}
