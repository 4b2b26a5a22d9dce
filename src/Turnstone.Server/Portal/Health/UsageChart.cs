using Microsoft.AspNetCore.Html;

namespace Turnstone.Server.Portal.Health;

/// <summary>
/// Stacked bars, one per day. The numbers are text of the page, because text in a scaled drawing would be distorted.
/// </summary>
public sealed class UsageChart(Usage usage)
{
    private const int DayWidth = 20;
    private const int Height = 160;
    private const double Gap = 3;

    /// <summary>The number at the top of the scale: 1, 2 or 5 and zeros.</summary>
    public long Top { get; } = Round(usage.Days.Max(usage.Of));

    /// <summary>The class that colours a series.</summary>
    public static string ClassOf(UsageSeries series) => $"series-{series.ToString().ToLowerInvariant()}";

    public IHtmlContent Draw(string name, string title, string description)
    {
        var svg = new Svg(name, usage.Days.Count * DayWidth, Height);
        svg.Say(title, description);
        foreach (var part in (double[])[0, 0.5, 1])
        {
            svg.Line(Height * part, "scale");
        }

        for (var day = 0; day < usage.Days.Count; day++)
        {
            double reached = Height;
            foreach (var series in Usage.Series)
            {
                var high = (double)usage.Of(usage.Days[day], series) / Top * Height;
                if (high > 0)
                {
                    reached -= high;
                    svg.Bar((day * DayWidth) + Gap, reached, DayWidth - (2 * Gap), high, ClassOf(series));
                }
            }
        }

        return svg.Drawn("chart");
    }

    private static long Round(long most)
    {
        long power = 1;
        while (power * 10 <= most)
        {
            power *= 10;
        }

        return most <= 2 ? 2
            : most <= power ? power
            : most <= power * 2 ? power * 2
            : most <= power * 5 ? power * 5
            : power * 10;
    }
}
