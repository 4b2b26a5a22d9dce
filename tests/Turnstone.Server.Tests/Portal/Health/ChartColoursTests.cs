using System.Globalization;
using System.Text.RegularExpressions;
using Turnstone.Testing;

namespace Turnstone.Server.Tests.Portal.Health;

/// <summary>
/// The colours of a chart are told apart from each other and from the card, with and without a deficiency of colour
/// vision (the matrices of Machado, Oliveira and Fernandes, 2009, at full severity).
/// </summary>
public sealed partial class ChartColoursTests
{
    /// <summary>What a reader still tells apart at a glance, in CIELAB.</summary>
    private const double Least = 20;

    private static readonly string Style = File.ReadAllText(
        Path.Combine(Repository.Root, "src/Turnstone.Server/Portal/Shell/portal.css")
    );

    public static TheoryData<string> Sights => ["usual", "protanopia", "deuteranopia", "tritanopia"];

    [Theory]
    [MemberData(nameof(Sights))]
    public void Every_two_series_are_told_apart(string sight)
    {
        foreach (var colours in Schemes())
        {
            for (var i = 1; i <= 6; i++)
            {
                for (var j = i + 1; j <= 6; j++)
                {
                    var distance = Distance(
                        Lab(Seen(colours[$"chart-{i}"], sight)),
                        Lab(Seen(colours[$"chart-{j}"], sight))
                    );
                    Assert.True(distance >= Least, $"{sight}: chart-{i} and chart-{j} are {distance:0} apart.");
                }
            }
        }
    }

    [Fact]
    public void Each_stands_out_from_the_card() =>
        Assert.All(
            Schemes(),
            colours =>
                Assert.All(
                    Enumerable.Range(1, 6),
                    i => Assert.InRange(Contrast(colours[$"chart-{i}"], colours["card"]), 3, 21)
                )
        );

    /// <summary>Light and dark.</summary>
    private static IEnumerable<Dictionary<string, double[]>> Schemes()
    {
        var dark = Style.IndexOf("@media (prefers-color-scheme: dark)", StringComparison.Ordinal);
        return new[]
        {
            Style[..dark],
            Style[dark..Style.IndexOf("box-sizing: border-box", StringComparison.Ordinal)],
        }.Select(part =>
            Colour()
                .Matches(part)
                .ToDictionary(match => match.Groups["name"].Value, match => Linear(match.Groups["hex"].Value))
        );
    }

    private static double[] Linear(string hex) =>
        [
            .. Enumerable
                .Range(0, 3)
                .Select(i =>
                    int.Parse(hex.AsSpan(2 * i, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture) / 255.0
                )
                .Select(part => part <= 0.04045 ? part / 12.92 : Math.Pow((part + 0.055) / 1.055, 2.4)),
        ];

    private static double[] Seen(double[] colour, string sight)
    {
        double[][] rows = sight switch
        {
            "protanopia" =>
            [
                [0.152286, 1.052583, -0.204868],
                [0.114503, 0.786281, 0.099216],
                [-0.003882, -0.048116, 1.051998],
            ],
            "deuteranopia" =>
            [
                [0.367322, 0.860646, -0.227968],
                [0.280085, 0.672501, 0.047413],
                [-0.011820, 0.042940, 0.968881],
            ],
            "tritanopia" =>
            [
                [1.255528, -0.076749, -0.178779],
                [-0.078411, 0.930809, 0.147602],
                [0.004733, 0.691367, 0.303900],
            ],
            _ =>
            [
                [1, 0, 0],
                [0, 1, 0],
                [0, 0, 1],
            ],
        };
        return [.. rows.Select(row => Math.Clamp(row.Zip(colour, (a, b) => a * b).Sum(), 0, 1))];
    }

    private static double Luminance(double[] c) => (0.2126 * c[0]) + (0.7152 * c[1]) + (0.0722 * c[2]);

    private static double Contrast(double[] one, double[] other)
    {
        var (a, b) = (Luminance(one), Luminance(other));
        return (Math.Max(a, b) + 0.05) / (Math.Min(a, b) + 0.05);
    }

    private static double[] Lab(double[] c)
    {
        var x = Root(((0.4124 * c[0]) + (0.3576 * c[1]) + (0.1805 * c[2])) / 0.95047);
        var y = Root(Luminance(c));
        var z = Root(((0.0193 * c[0]) + (0.1192 * c[1]) + (0.9505 * c[2])) / 1.08883);
        return [(116 * y) - 16, 500 * (x - y), 200 * (y - z)];

        static double Root(double t) => t > 0.008856 ? Math.Cbrt(t) : (7.787 * t) + (16.0 / 116);
    }

    private static double Distance(double[] one, double[] other) =>
        Math.Sqrt(one.Zip(other, (a, b) => (a - b) * (a - b)).Sum());

    [GeneratedRegex(@"--(?<name>chart-\d|card): #(?<hex>[0-9a-f]{6});")]
    private static partial Regex Colour();
}
