using System.Globalization;

namespace Turnstone.Server.Settings;

/// <summary>A colour of the screen, and how two of them contrast (WCAG 2.2, "relative luminance").</summary>
public readonly record struct Colour(byte Red, byte Green, byte Blue)
{
    public static readonly Colour White = new(255, 255, 255);
    public static readonly Colour Black = new(0, 0, 0);

    /// <summary>Reads <c>#rrggbb</c>.</summary>
    public static bool TryParse(string text, out Colour colour)
    {
        ArgumentNullException.ThrowIfNull(text);
        var valid = uint.TryParse(
            text.AsSpan(Math.Min(1, text.Length)),
            NumberStyles.AllowHexSpecifier,
            CultureInfo.InvariantCulture,
            out var number
        );
        colour = new((byte)(number >> 16), (byte)(number >> 8), (byte)number);
        return valid && text is ['#', _, _, _, _, _, _];
    }

    /// <summary>From 1, the same colour, to 21, black on white.</summary>
    public double ContrastWith(Colour other)
    {
        var (one, two) = (Luminance, other.Luminance);
        return (Math.Max(one, two) + 0.05) / (Math.Min(one, two) + 0.05);
    }

    /// <summary>This colour with a share of another in it.</summary>
    public Colour With(Colour other, double share) =>
        new(Mixed(Red, other.Red, share), Mixed(Green, other.Green, share), Mixed(Blue, other.Blue, share));

    public override string ToString() => $"#{Red:x2}{Green:x2}{Blue:x2}";

    private double Luminance => (0.2126 * Linear(Red)) + (0.7152 * Linear(Green)) + (0.0722 * Linear(Blue));

    private static double Linear(byte part) =>
        part / 255.0 is var value && value <= 0.04045 ? value / 12.92 : Math.Pow((value + 0.055) / 1.055, 2.4);

    private static byte Mixed(byte one, byte two, double share) => (byte)Math.Round(one + ((two - one) * share));
}
