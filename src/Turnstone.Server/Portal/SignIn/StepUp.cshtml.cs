using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Turnstone.Directory;
using Turnstone.Server.Settings;

namespace Turnstone.Server.Portal.SignIn;

/// <summary>
/// Somebody who is signed in by a password gives the second factor too, because an API wants it (RFC 9470), and is
/// asked for nothing else. A passkey is both factors at once, so it is a sign-in anew.
/// </summary>
public sealed class StepUpPage(
    AccountSignIn signIn,
    SecondFactorCheck second,
    PortalAudit audit,
    FactorTrust trust,
    TurnstoneSettings settings,
    IStringLocalizer<SignInWords> words
) : AnonymousPage(words)
{
    [BindProperty]
    public string? Code { get; set; }

    /// <summary>Whether nothing but a passkey will do.</summary>
    [BindProperty(SupportsGet = true)]
    public bool Passkey { get; set; }

    public bool OffersCode => !Passkey && trust.CodesCount(Me);

    public bool OffersPasskeys => PasskeyOrigin.IsPossible(settings);

    public static string PathTo(string returnUrl, SignInLevel level) =>
        $"{SignInPaths.StepUp}?Passkey={level is SignInLevel.PhishingResistant}"
        + $"&ReturnUrl={Uri.EscapeDataString(returnUrl)}";

    public void OnGet() { }

    public async Task<IActionResult> OnPostAsync()
    {
        if (!OffersCode)
        {
            return Page();
        }

        if (await second.TryCodeAsync(Me, Code, Cancel) is { } refusal)
        {
            return Refused(nameof(Code), refusal, "WrongCode");
        }

        await signIn.RaiseAsync(Me);
        await audit.SignedInAsync(Me, "one-time code beside the password before", Cancel);
        return LocalRedirect(Target);
    }

    private Account Me =>
        PortalSession.AccountOf(HttpContext)
        ?? throw new InvalidOperationException("Nobody gets here who is not signed in.");
}
