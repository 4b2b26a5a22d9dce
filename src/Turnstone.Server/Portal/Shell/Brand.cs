using Turnstone.Server.Settings;

namespace Turnstone.Server.Portal.Shell;

/// <summary>Whose portal it is, as its pages show it to this reader.</summary>
public sealed class Brand(TurnstoneSettings settings, Assets assets, Preview preview)
{
    /// <summary>The reader sees what nobody else does yet.</summary>
    public bool IsPreview => preview.OfAnything;

    public string Name => Settings.Name;

    /// <summary>The operator's sentence; null for the portal's own.</summary>
    public string? Description => NullIfEmpty(Settings.Description);

    public string? Support => NullIfEmpty(Settings.Support);

    public string? Terms => NullIfEmpty(Settings.Terms);

    public string Logo => Assets.Url(Look.Mark);

    /// <summary>The stylesheet with the operator's colours; null for none.</summary>
    public string? Colours => Look.Colours is { } name ? Assets.Url(name) : null;

    private BrandSettings Settings => preview.OfBrand ? settings.Portal.Preview.Brand : settings.Portal.Brand;

    private Look Look => preview.OfBrand ? assets.Preview : assets.Public;

    private static string? NullIfEmpty(string text) => text.Length > 0 ? text : null;
}
