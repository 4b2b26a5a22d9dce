using System.Text.RegularExpressions;

namespace Turnstone.Server.Portal.Guides;

/// <summary>The table of contents of a guide, taken from the headings of its text.</summary>
public static partial class GuideContents
{
    /// <summary>Anchor and heading; the heading is HTML already.</summary>
    public static IReadOnlyList<(string Anchor, string Heading)> Of(string text) =>
        [.. Heading().Matches(text).Select(match => (match.Groups["anchor"].Value, match.Groups["heading"].Value))];

    [GeneratedRegex("<h2 id=\"(?<anchor>[a-z0-9-]+)\">(?<heading>.*?)</h2>")]
    private static partial Regex Heading();
}
