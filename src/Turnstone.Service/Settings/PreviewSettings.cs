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

    [Setting(
        "The folder of OpenAPI documents that administrators see in place of `Turnstone:Portal:Documents`. Its files "
            + "are checked at start like those.",
        Default = "none"
    )]
    public string Documents { get; init; } = "";

    [Setting(
        "The folder of texts for emails that administrators see on their page in place of `Turnstone:Portal:Letters`. "
            + "Its files are checked at start like those, and no email is written with them.",
        Default = "none"
    )]
    public string Letters { get; init; } = "";

    public bool HasBrand => Brand != new BrandSettings();
}
