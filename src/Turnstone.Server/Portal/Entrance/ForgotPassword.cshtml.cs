using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Server.Accounts;
using Turnstone.Server.Mail;

namespace Turnstone.Server.Portal.Entrance;

/// <summary>
/// Asks for a link to set a new password. The answer is the same for an email that nobody has, and takes as long: the
/// same link is made and thrown away.
/// </summary>
[AllowAnonymous]
public sealed class ForgotPasswordPage(
    AccountManager manager,
    EntranceLetters letters,
    LetterLimits limits,
    CurrentCaller caller,
    RandomSource random,
    TimeProvider time,
    MailQueue mail,
    IStringLocalizer<EntranceWords> words
) : EntrancePage(words)
{
    [BindProperty]
    public string? Email { get; set; }

    [BindProperty(SupportsGet = true)]
    public bool? Sent { get; set; }

    public bool SendsMail => mail.Sends;

    public void OnGet() { }

    public async Task<IActionResult> OnPostAsync()
    {
        Sent = null;
        if (!SendsMail)
        {
            return Page();
        }

        if (!Letter.CanReach(Email))
        {
            Refuse(nameof(Email), Words["EmailMalformed"]);
            return Page();
        }

        if (limits.TakeNetwork(caller.Current) is { } tooMany)
        {
            return Refused(nameof(Email), tooMany);
        }

        var nobody = NewAccount.For(Email, random, time.GetUtcNow());
        var mayWrite = limits.TakeAddress(LetterKind.Reset, nobody.NormalizedEmail);
        await (
            mayWrite && await manager.FindByEmailAsync(Email) is { DisabledAt: null } account
                ? letters.ResetAsync(account)
                : letters.ResetForNothingAsync(nobody)
        );
        return RedirectToPage(new { sent = true });
    }
}
