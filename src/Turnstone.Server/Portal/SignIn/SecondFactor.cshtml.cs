using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Turnstone.Directory;
using Turnstone.Server.Settings;

namespace Turnstone.Server.Portal.SignIn;

/// <summary>The second factor of a sign-in: the app's code, or a recovery code.</summary>
[AllowAnonymous]
public sealed class SecondFactorSignInPage(
    AccountSignIn signIn,
    SecondFactorCheck second,
    SignInEmails emails,
    PortalAudit audit,
    TurnstoneSettings settings,
    IStringLocalizer<SignInWords> words
) : AnonymousPage(words)
{
    [BindProperty]
    public string? Code { get; set; }

    [BindProperty]
    public string? RecoveryCode { get; set; }

    public bool WantsRecovery { get; private set; }

    public bool OffersPasskeys => PasskeyOrigin.IsPossible(settings);

    public async Task<IActionResult> OnGetAsync() =>
        await signIn.PendingAsync() is null ? Redirect(SignInPaths.SignIn) : Page();

    public async Task<IActionResult> OnPostAsync()
    {
        if (await signIn.PendingAsync() is not { } pending)
        {
            return Redirect(SignInPaths.SignIn);
        }

        return await second.TryCodeAsync(pending.Account, Code, Cancel) is { } refusal
            ? Refused(nameof(Code), refusal, "WrongCode")
            : await EnterAsync(pending, "password and one-time code");
    }

    public async Task<IActionResult> OnPostRecoveryAsync()
    {
        if (await signIn.PendingAsync() is not { } pending)
        {
            return Redirect(SignInPaths.SignIn);
        }

        if (await second.TryRecoveryCodeAsync(pending.Account, RecoveryCode, Cancel) is { } refusal)
        {
            WantsRecovery = true;
            return Refused(nameof(RecoveryCode), refusal, "WrongRecoveryCode");
        }

        await emails.ChangedAsync(pending.Account.Email, "RecoveryCodeUsed", pending.Account.RecoveryCodes.Count);
        return await EnterAsync(pending, "password and recovery code");
    }

    private async Task<IActionResult> EnterAsync(PendingSignIn pending, string way)
    {
        await signIn.CompleteAsync(pending);
        await audit.SignedInAsync(pending.Account, way, Cancel);
        return LocalRedirect(Target);
    }
}
