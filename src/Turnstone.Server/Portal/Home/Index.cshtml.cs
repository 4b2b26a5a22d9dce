using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Turnstone.Server.Portal.Shell;
using Turnstone.Server.Portal.SignIn;
using Turnstone.Server.Portal.Welcome;
using Turnstone.Server.Settings;

namespace Turnstone.Server.Portal.Home;

/// <summary>One step to the first token.</summary>
public sealed record Step(string Word, string Path, bool Done);

/// <summary>The home page.</summary>
[AllowAnonymous]
public sealed class HomePage(HomeSummary look, TurnstoneSettings settings) : PortalPage
{
    public Summary Summary { get; private set; } = null!;

    public string Issuer => settings.Issuer;

    public IReadOnlyList<Step> Steps =>
        [
            new("Subscribe", "/portal/subscriptions", Summary.Subscribed || Summary.Waiting > 0),
            new("Key", "/portal/api-keys/new", Summary.HasKey),
            new("Token", "/portal/profile/generate-token", Summary.HadToken),
            new("Guide", "/portal/guides", Done: false),
        ];

    /// <summary>Whoever is not signed in is led to the front page, which says what this is before it asks.</summary>
    public async Task<IActionResult> OnGetAsync()
    {
        if (PortalSession.AccountOf(HttpContext) is not { } account)
        {
            return Redirect(WelcomePage.Path);
        }

        Summary = await look.OfAsync(account, Cancel);
        return Page();
    }
}
