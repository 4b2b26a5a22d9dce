using System.Globalization;

namespace Turnstone.Server.Portal.Applications;

/// <summary>A time span in a form: a number and a unit; no number for the contract's default.</summary>
public sealed class Lifetime
{
    private const int LongestNumber = 9;

    public string? Number { get; set; }

    public string? Unit { get; set; }

    /// <summary>The units by their name, the largest first.</summary>
    public static IReadOnlyList<KeyValuePair<string, int>> Units { get; } =
    [new("days", 86_400), new("hours", 3_600), new("minutes", 60), new("seconds", 1)];

    /// <summary>In the largest unit that divides it.</summary>
    public static Lifetime Of(TimeSpan? span)
    {
        if (span is not { } time)
        {
            return new();
        }

        var seconds = (long)time.TotalSeconds;
        var unit = Units.First(unit => seconds % unit.Value == 0);
        return new() { Number = (seconds / unit.Value).ToString(CultureInfo.InvariantCulture), Unit = unit.Key };
    }

    /// <summary>False if it is not a whole number of a known unit.</summary>
    public bool TryRead(out TimeSpan? span)
    {
        span = null;
        var number = Number?.Trim();
        if (string.IsNullOrEmpty(number))
        {
            return true;
        }

        var unit = string.IsNullOrEmpty(Unit) ? 1 : Units.FirstOrDefault(known => known.Key == Unit).Value;
        if (
            unit == 0
            || number.Length > LongestNumber
            || !long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
        )
        {
            return false;
        }

        span = TimeSpan.FromSeconds(count * unit);
        return true;
    }
}
