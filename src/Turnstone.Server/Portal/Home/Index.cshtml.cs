using Turnstone.Server.Portal.Shell;
using Turnstone.Server.Settings;

namespace Turnstone.Server.Portal.Home;

/// <summary>One step to the first token.</summary>
public sealed record Step(string Word, string Path, bool Done);

/// <summary>The home page.</summary>
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

    public async Task OnGetAsync() => Summary = await look.OfAsync(Me, Cancel);
}
