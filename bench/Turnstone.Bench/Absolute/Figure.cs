using System.Globalization;

namespace Turnstone.Bench.Absolute;

/// <summary>One thing that was measured, beside what it has to be.</summary>
/// <param name="What">What it is.</param>
/// <param name="Conditions">How it was measured.</param>
/// <param name="Value">What it came to.</param>
/// <param name="Limit">What it may be at most, or has to be at least.</param>
/// <param name="Unit">What both are counted in.</param>
internal sealed record Figure(string What, string Conditions, double Value, double Limit, string Unit)
{
    /// <summary>Whether the limit is the least and not the most.</summary>
    public bool AtLeast { get; init; }

    public bool Reached => AtLeast ? Value >= Limit : Value <= Limit;

    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{What}: {Value:0.###} {Unit} "
                + $"(at {(AtLeast ? "least" : "most")} {Limit:0.###}: {(Reached ? "reached" : "missed")}) "
                + $"· {Conditions}"
        );
}

/// <summary>What the commands of this folder have in common: they measure figures and say them.</summary>
internal static class Figures
{
    public static async Task<int> PrintAsync(Task<IReadOnlyList<Figure>> measuring)
    {
        foreach (var figure in await measuring)
        {
            Console.WriteLine(figure);
        }

        return 0;
    }

    /// <summary>The text behind an option, or null.</summary>
    public static string? Option(this string[] args, string name) =>
        Array.IndexOf(args, name) is >= 0 and var at ? args[at + 1] : null;

    public static double Number(this string[] args, string name, double otherwise) =>
        args.Option(name) is { } text ? double.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    public static string Ms(this long microseconds) =>
        (microseconds / 1000.0).ToString("0.00", CultureInfo.InvariantCulture);
}
