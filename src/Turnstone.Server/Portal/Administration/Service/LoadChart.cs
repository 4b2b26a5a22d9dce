using System.Globalization;
using Turnstone.Server.Portal.Shell;

namespace Turnstone.Server.Portal.Administration.Service;

/// <summary>A bar of a small chart: position and width in percent, height in pixels.</summary>
public sealed record LoadBar(string X, string Y, string Height);

/// <summary>A small chart of the last hour: one value per minute, the total, and the bars.</summary>
public sealed class LoadChart(string word, double[] values, double total, string look = "")
{
    public const int DrawnHeight = 48;

    /// <summary>The width of a bar and a gap.</summary>
    public const string BarWidth = "1.2%";

    public string Word => word;

    /// <summary>The hour as one number.</summary>
    public double Total => total;

    /// <summary>What the values are counted in, if not in pieces.</summary>
    public string Unit { get; init; } = "";

    public string Look => look;

    public double Highest => values.Max();

    /// <summary>Twelve values of five minutes each, for the table behind the chart.</summary>
    public IEnumerable<double> FiveMinutes(bool summed) =>
        values.Chunk(5).Select(five => summed ? five.Sum() : five.Max());

    public bool Summed { get; init; } = true;

    /// <summary>A value as the reader's language writes it, with its unit.</summary>
    public string Text(Reader reader, double value)
    {
        ArgumentNullException.ThrowIfNull(reader);
        return Unit.Length == 0 ? reader.Number(value) : $"{reader.Number(value)} {Unit}";
    }

    public IEnumerable<LoadBar> Bars()
    {
        var highest = Highest;
        for (var i = 0; i < values.Length; i++)
        {
            if (values[i] > 0)
            {
                // A minimum height, so that a single event is visible.
                var height = Math.Max(2, values[i] / highest * DrawnHeight);
                yield return new(
                    Number(i * 100.0 / values.Length, "%"),
                    Number(DrawnHeight - height, ""),
                    Number(height, "")
                );
            }
        }
    }

    private static string Number(double value, string unit) =>
        string.Create(CultureInfo.InvariantCulture, $"{value:0.##}{unit}");
}
