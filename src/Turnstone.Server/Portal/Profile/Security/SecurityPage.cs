using Microsoft.AspNetCore.Mvc;
using Turnstone.Directory;
using Turnstone.Server.Portal.Shell;
using Turnstone.Server.Portal.SignIn;

namespace Turnstone.Server.Portal.Profile.Security;

/// <summary>
/// A page that changes how an account is protected. It asks for the password, because the browser may be unattended.
/// </summary>
public abstract class SecurityPage(SecurityTools tools) : PortalPage
{
    [BindProperty]
    public string? CurrentPassword { get; set; }

    protected SecurityTools Tools => tools;

    /// <summary>The stored account if the password was right; otherwise the error is beside the field.</summary>
    protected async Task<Account?> ProvenAsync()
    {
        if (await tools.Proof.OfAsync(Me, CurrentPassword, Cancel) is { } refusal)
        {
            Refuse(nameof(CurrentPassword), tools.SignInText.SentenceFor(refusal, "WrongPassword"));
            return null;
        }

        // Read again: the check may have stored a new hash of the same password.
        return await tools.Manager.FindByIdAsync(Me.Id.ToString());
    }

    /// <summary>
    /// Where a session goes before it adds a factor or moves the mailbox, if the account has a factor that counts and
    /// this session has not proven one lately: a password alone adds none beside it (ADR 42). Null if it may.
    /// </summary>
    protected async Task<string?> FactorFirstAsync(string path) =>
        Tools.Trust.IsProven(HttpContext) || !await Tools.Trust.HasOneAsync(Me, Cancel)
            ? null
            : StepUpPage.PathTo(path, SignInLevel.TwoFactors);

    /// <summary>The link to a factor of this account that waits, once more.</summary>
    protected async Task<IActionResult> SendLinkAsync(string? factor)
    {
        if (await Tools.Waiting.FindAsync(Me, factor, Cancel) is not { } waiting || !Tools.Trust.CanAsk(Me))
        {
            return NotFound();
        }

        if (
            Tools.Limits.TakeNetwork(Caller) is null
            && Tools.Limits.TakeAddress(EmailKind.Factor, Me.NormalizedEmail)
        )
        {
            await Tools.Emails.FactorAsync(Me, waiting.Id);
        }

        SetNotice(Tools.Words["FactorLinkSent", Me.Email]);
        return RedirectToPage();
    }

    /// <summary>What a page says of a factor that waits.</summary>
    public string WaitsSentence(DateTimeOffset since) =>
        Tools.Trust.CanAsk(Me)
            ? Tools.Words["FactorWaits", Me.Email]
            : Tools.Words["FactorWaitsUntil", Reader.Time(since + FactorTrust.Wait)];

    public bool AsksMailbox => Tools.Trust.CanAsk(Me);

    private Reader Reader => HttpContext.RequestServices.GetRequiredService<Reader>();

    /// <summary>The change has ended every cookie of the account, so this browser gets a new one.</summary>
    protected Task StayAsync(Account account) => tools.SignIn.RefreshSignInAsync(account);
}
