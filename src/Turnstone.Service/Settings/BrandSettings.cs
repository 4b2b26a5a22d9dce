namespace Turnstone.Server.Settings;

/// <summary>Whose portal it is, in name and looks.</summary>
public sealed record BrandSettings : ISettings
{
    private const int LongestName = 40;
    private const int LargestLogo = 256 * 1024;

    [Setting("The name of the service, on every page and below every email that has no closing of its own.")]
    public string Name { get; init; } = "Turnstone";

    [Setting(
        "A sentence for the front page: whose API this is, and what it does.",
        Default = "a sentence about tokens in the reader's language"
    )]
    public string Description { get; init; } = "";

    [Setting("An image file (SVG or PNG, at most 256 KiB, square) in place of Turnstone's own logo.", Default = "none")]
    public string Logo { get; init; } = "";

    [Setting(
        "The colour of links and buttons, as `#rrggbb`. A colour on which or in which text cannot be read (WCAG 2.2 "
            + "AA) is refused at start.",
        Default = "`#c2410c`"
    )]
    public string Accent { get; init; } = "";

    [Setting("The same on dark pages.", Default = "that of light pages, made lighter until it can be read")]
    public string AccentDark { get; init; } = "";

    [Setting("Where customers get help, as an `https:` or `mailto:` address; below every page.", Default = "none")]
    public string Support { get; init; } = "";

    [Setting("The terms of use, as an `https:` address; below every page.", Default = "none")]
    public string Terms { get; init; } = "";

    /// <summary>The colours of light and of dark pages; null for those of portal.css.</summary>
    public (AccentColours Light, AccentColours Dark)? Colours =>
        Colour.TryParse(Accent, out var light)
            ? (
                AccentColours.Light(light),
                Colour.TryParse(AccentDark, out var dark) ? AccentColours.Dark(dark) : AccentColours.DarkOf(light)
            )
            : null;

    internal IEnumerable<string> Problems()
    {
        if (Name.Length is 0 or > LongestName || Name.Any(char.IsControl))
        {
            yield return $"Turnstone:Portal:Brand:Name has to be one line of 1 to {LongestName} characters.";
        }

        foreach (var problem in LogoProblems().Concat(ColourProblems()))
        {
            yield return problem;
        }

        foreach (var (name, address) in ((string, string)[])[(nameof(Support), Support), (nameof(Terms), Terms)])
        {
            if (address.Length > 0 && !IsLink(address, name == nameof(Support)))
            {
                yield return $"Turnstone:Portal:Brand:{name} is \"{address}\": give an address that begins with https:"
                    + (name == nameof(Support) ? " or mailto:." : ".");
            }
        }
    }

    private static bool IsLink(string address, bool mail) =>
        Uri.TryCreate(address, UriKind.Absolute, out var link)
        && (link.Scheme == Uri.UriSchemeHttps || (mail && link.Scheme == Uri.UriSchemeMailto))
        && !address.Any(letter => char.IsWhiteSpace(letter) || char.IsControl(letter));

    private IEnumerable<string> LogoProblems()
    {
        if (Logo.Length == 0)
        {
            yield break;
        }

        if (new FileInfo(Logo) is not { Exists: true, Length: > 0 and <= LargestLogo })
        {
            yield return $"Turnstone:Portal:Brand:Logo names \"{Logo}\", which does not exist or has more than "
                + "256 KiB: give the path of an SVG or PNG file.";
        }
        else if (Path.GetExtension(Logo) is not (".svg" or ".png"))
        {
            yield return $"Turnstone:Portal:Brand:Logo names \"{Logo}\": its name has to end with .svg or .png.";
        }
    }

    private IEnumerable<string> ColourProblems()
    {
        foreach (var (name, text) in ((string, string)[])[(nameof(Accent), Accent), (nameof(AccentDark), AccentDark)])
        {
            if (text.Length > 0 && !Colour.TryParse(text, out _))
            {
                yield return $"Turnstone:Portal:Brand:{name} is \"{text}\": give a colour as #rrggbb.";
                yield break;
            }
        }

        if (AccentDark.Length > 0 && Accent.Length == 0)
        {
            yield return "Turnstone:Portal:Brand:AccentDark is set without Turnstone:Portal:Brand:Accent: set both.";
        }
        else if (Colours is var (light, dark))
        {
            foreach (var problem in (string?[])[light.Problem(nameof(Accent)), dark.Problem(nameof(AccentDark))])
            {
                if (problem is not null)
                {
                    yield return problem;
                }
            }
        }
    }
}
