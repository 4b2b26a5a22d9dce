using Microsoft.AspNetCore.Mvc;
using Turnstone.Directory;
using Turnstone.Server.Accounts;
using Turnstone.Server.Portal.Shell;
using Turnstone.Server.Portal.SignIn;

namespace Turnstone.Server.Portal.Profile.Security;

/// <summary>
/// The second factor: an app's codes, and recovery codes in case the app is lost. Keys and codes are shown once, so
/// their POSTs answer with the page.
/// </summary>
public sealed class SecondFactorPage(SecurityTools tools, PendingKey pending, Brand brand, TimeProvider time)
    : SecurityPage(tools)
{
    [BindProperty]
    public string? Code { get; set; }

    [BindProperty]
    public string? Sealed { get; set; }

    public AuthenticatorApp? App { get; private set; }

    public IReadOnlyList<string>? NewCodes { get; private set; }

    /// <summary>The form that was answered wrongly and stays open.</summary>
    public string? Asked { get; private set; }

    public void OnGet() { }

    public async Task<IActionResult> OnPostBeginAsync()
    {
        if (Me.TwoFactorEnabled)
        {
            return RedirectToPage();
        }

        if (await FactorFirstAsync(SecurityPaths.SecondFactor) is { } first)
        {
            return Redirect(first);
        }

        if (await ProvenAsync() is { } account)
        {
            var key = Tools.Manager.GenerateNewAuthenticatorKey();
            Sealed = pending.Seal(account, key);
            App = new AuthenticatorApp(key, account.Email, brand.Name);
        }

        return Page();
    }

    public async Task<IActionResult> OnPostConfirmAsync()
    {
        if (Me.TwoFactorEnabled || pending.Open(Me, Sealed) is not { } key)
        {
            return RedirectToPage();
        }

        if (await FactorFirstAsync(SecurityPaths.SecondFactor) is { } first)
        {
            return Redirect(first);
        }

        var code = string.Concat((Code ?? "").Where(char.IsAsciiLetterOrDigit));
        if (Totp.StepOf(code, key, time.GetUtcNow()) is not { } step)
        {
            Refuse(nameof(Code), Tools.Words["SetUpWrongCode"]);
            App = new AuthenticatorApp(key, Me.Email, brand.Name);
            return Page();
        }

        var waits = Tools.Trust.WaitsSince(HttpContext, SignInLevel.TwoFactors);
        if (await Tools.Manager.EnableSecondFactorAsync(Me, key, step, waits) is not { } codes)
        {
            return RedirectToPage();
        }

        NewCodes = codes;
        await (
            waits is not null && AsksMailbox
                ? Tools.Emails.FactorAsync(Me, WaitingFactors.App)
                : Tools.Emails.ChangedAsync(Me.Email, "SecondFactorWasEnabled")
        );
        await StayAsync(Me);
        return Page();
    }

    public Task<IActionResult> OnPostLinkAsync() => SendLinkAsync(WaitingFactors.App);

    public async Task<IActionResult> OnPostCodesAsync()
    {
        Asked = "codes";
        if (!Me.TwoFactorEnabled)
        {
            return RedirectToPage();
        }

        if (await ProvenAsync() is { } account && await Tools.Manager.NewRecoveryCodesAsync(account) is { } codes)
        {
            NewCodes = codes;
            await Tools.Emails.ChangedAsync(account.Email, "RecoveryCodesWereMade");
        }

        return Page();
    }

    public async Task<IActionResult> OnPostDisableAsync()
    {
        Asked = "off";
        if (!Me.TwoFactorEnabled)
        {
            return RedirectToPage();
        }

        if (
            await ProvenAsync() is not { } account
            || !(await Tools.Manager.DisableSecondFactorAsync(account)).Succeeded
        )
        {
            return Page();
        }

        await Tools.Emails.ChangedAsync(account.Email, "SecondFactorWasDisabled");
        await StayAsync(account);
        SetNotice(Tools.Words["SecondFactorIsOff"]);
        return Redirect(SecurityPaths.Index);
    }
}
