using Microsoft.AspNetCore.Authorization;
using Turnstone.Server.Portal.Guides;
using Turnstone.Server.Portal.Shell;
using Turnstone.Server.Portal.SignIn;
using Turnstone.Server.Settings;

namespace Turnstone.Server.Portal.Welcome;

/// <summary>
/// The front page: whose API this is, and the way in. Whoever opens the portal without being signed in arrives here.
/// </summary>
[AllowAnonymous]
public sealed class WelcomePage(SignUpOffer offer, TurnstoneSettings settings) : PortalPage
{
    public const string Path = $"{PortalRoutes.Root}/welcome";

    private const int ShownGuides = 3;

    public bool SignedIn => PortalSession.AccountOf(HttpContext) is not null;

    public bool OffersSignUp => offer.IsOpen;

    public string Issuer => settings.Issuer;

    /// <summary>Null where no contract takes API keys.</summary>
    public string? FirstCall => settings.Contracts.List.Sample(samples => samples.FirstCall)?.Invoke(settings.Issuer);

    public IEnumerable<Guide> Guides => Guide.Offered(settings.Contracts.List).Take(ShownGuides);

    public string IconOf(Guide guide) =>
        guide == Guide.ProtectYourApi ? "lock"
        : guide == Guide.GettingStarted ? "key"
        : "clock";

    public void OnGet() { }
}
