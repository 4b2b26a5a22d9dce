namespace Turnstone.Server.Settings;

/// <summary>What the portal is to look like, for administrators to see first.</summary>
public sealed record PreviewSettings : ISettings
{
    [Setting("The brand that administrators see in place of `Turnstone:Portal:Brand`, if anything of it is set.")]
    public BrandSettings Brand { get; init; } = new();

    [Setting(
        "The folder of guides that administrators see in place of `Turnstone:Portal:Guides`. Its files are checked at "
            + "start like those.",
        Default = "none"
    )]
    public string Guides { get; init; } = "";

    public bool HasBrand => Brand != new BrandSettings();
}
