using Turnstone.Server.Settings;

namespace Turnstone.Server.Portal.Shell;

/// <summary>Whose portal it is, as its pages show it.</summary>
public sealed class Brand(TurnstoneSettings settings, Assets assets)
{
    public string Name => settings.Portal.Brand.Name;

    /// <summary>The operator's sentence; null for the portal's own.</summary>
    public string? Description => NullIfEmpty(settings.Portal.Brand.Description);

    public string? Support => NullIfEmpty(settings.Portal.Brand.Support);

    public string? Terms => NullIfEmpty(settings.Portal.Brand.Terms);

    public string Logo => Assets.Url(assets.Mark);

    /// <summary>The stylesheet with the operator's colours; null for none.</summary>
    public string? Colours => assets.Colours is { } name ? Assets.Url(name) : null;

    private static string? NullIfEmpty(string text) => text.Length > 0 ? text : null;
}
