using System.Globalization;

namespace Turnstone.Server.Settings;

/// <summary>
/// The accent of the pages and the colours that follow from it, in light or in dark. Whoever chooses one that cannot be
/// read is told so at start.
/// </summary>
public sealed record AccentColours
{
    /// <summary>What WCAG 2.2 asks for (1.4.3, level AA).</summary>
    private const double Readable = 4.5;

    // Ground, card and code of portal.css, on which the accent is the colour of links.
    private static readonly Colour[] LightGrounds = [new(0xfa, 0xfa, 0xf9), Colour.White, new(0xf5, 0xf5, 0xf4)];
    private static readonly Colour[] DarkGrounds =
    [
        new(0x13, 0x11, 0x10),
        new(0x1c, 0x1a, 0x18),
        new(0x26, 0x23, 0x1f),
    ];

    private readonly Colour[] grounds;

    private AccentColours(Colour accent, bool dark)
    {
        grounds = dark ? DarkGrounds : LightGrounds;
        Accent = accent;
        Strong = dark ? accent.With(Colour.White, 0.3) : accent.With(Colour.Black, 0.22);
        Wash = grounds[1].With(accent, dark ? 0.15 : 0.09);
        OnAccent = accent.ContrastWith(Colour.White) >= Readable ? Colour.White : new(0x1c, 0x0f, 0x06);
    }

    public Colour Accent { get; }

    /// <summary>Of a link under the pointer, and of text on <see cref="Wash"/>.</summary>
    public Colour Strong { get; }

    /// <summary>Of text on a button.</summary>
    public Colour OnAccent { get; }

    public Colour Wash { get; }

    /// <summary>The first pair of these colours that is hard to read; null where all can be read.</summary>
    public (string What, double Contrast)? Unreadable =>
        grounds
            .Select(ground => ($"links on {ground}", Accent.ContrastWith(ground)))
            .Append(($"{OnAccent} on its buttons", Accent.ContrastWith(OnAccent)))
            .Append(($"{OnAccent} on its buttons under the pointer ({Strong})", Strong.ContrastWith(OnAccent)))
            .Append(($"{Strong} on {Wash}", Strong.ContrastWith(Wash)))
            .Where(pair => pair.Item2 < Readable)
            .Cast<(string, double)?>()
            .FirstOrDefault();

    public static AccentColours Light(Colour accent) => new(accent, dark: false);

    public static AccentColours Dark(Colour accent) => new(accent, dark: true);

    /// <summary>
    /// The accent for dark pages that follows from the one for light pages: lighter until it is read.
    /// </summary>
    public static AccentColours DarkOf(Colour light) =>
        Enumerable
            .Range(0, 20)
            .Select(step => Dark(light.With(Colour.White, step * 0.05)))
            .First(colours => colours.Unreadable is null);

    internal string? Problem(string setting) =>
        Unreadable is { } pair
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"Turnstone:Portal:Brand:{setting} is \"{Accent}\": {pair.What} would have a contrast of "
                    + $"{Math.Floor(pair.Contrast * 10) / 10:0.0} to 1, and WCAG 2.2 AA asks for 4.5 to 1; "
                    + $"choose a {(grounds == DarkGrounds ? "lighter" : "darker")} colour."
            )
            : null;
}
