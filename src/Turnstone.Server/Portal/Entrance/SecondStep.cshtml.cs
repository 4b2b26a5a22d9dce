using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Turnstone.Directory;
using Turnstone.Server.Settings;

namespace Turnstone.Server.Portal.Entrance;

/// <summary>The second step of a sign-in: the app's code, or a recovery code.</summary>
[AllowAnonymous]
public sealed class SecondStepPage(
    AccountSignIn signIn,
    SecondFactor second,
    EntranceLetters letters,
    PortalAudit audit,
    TurnstoneSettings settings,
    IStringLocalizer<EntranceWords> words
) : EntrancePage(words)
{
    [BindProperty]
    public string? Code { get; set; }

    [BindProperty]
    public string? RecoveryCode { get; set; }

    public bool WantsRecovery { get; private set; }

    public bool OffersPasskeys => PasskeyOrigin.IsPossible(settings);

    public async Task<IActionResult> OnGetAsync() =>
        await signIn.HalfwayAsync() is null ? Redirect(EntrancePaths.SignIn) : Page();

    public async Task<IActionResult> OnPostAsync()
    {
        if (await signIn.HalfwayAsync() is not { } halfway)
        {
            return Redirect(EntrancePaths.SignIn);
        }

        return await second.TryCodeAsync(halfway.Account, Code, Cancel) is { } refusal
            ? Refused(nameof(Code), refusal, "WrongCode")
            : await EnterAsync(halfway, "password and one-time code");
    }

    public async Task<IActionResult> OnPostRecoveryAsync()
    {
        if (await signIn.HalfwayAsync() is not { } halfway)
        {
            return Redirect(EntrancePaths.SignIn);
        }

        if (await second.TryRecoveryCodeAsync(halfway.Account, RecoveryCode, Cancel) is { } refusal)
        {
            WantsRecovery = true;
            return Refused(nameof(RecoveryCode), refusal, "WrongRecoveryCode");
        }

        letters.Changed(halfway.Account.Email, "RecoveryCodeUsed", halfway.Account.RecoveryCodes.Count);
        return await EnterAsync(halfway, "password and recovery code");
    }

    private async Task<IActionResult> EnterAsync(Halfway halfway, string way)
    {
        await signIn.CompleteAsync(halfway);
        await audit.SignedInAsync(halfway.Account, way, Cancel);
        return LocalRedirect(Target);
    }
}
