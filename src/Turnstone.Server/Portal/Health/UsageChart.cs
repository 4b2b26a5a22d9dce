using Microsoft.AspNetCore.Html;

namespace Turnstone.Server.Portal.Health;

/// <summary>
/// Stacked bars, one per day or hour. The numbers are text of the page, because text in a scaled drawing would be
/// distorted; each bar has its own as a tooltip.
/// </summary>
public sealed class UsageChart(UsageBars bars)
{
    private const int BarWidth = 20;
    private const int Height = 160;
    private const double Gap = 3;

    public UsageChart(Usage usage)
        : this(UsageBars.Of(usage)) { }

    /// <summary>The number at the top of the scale: 1, 2 or 5 and zeros.</summary>
    public long Top { get; } = Round(bars.Counts.Max(bar => bar.Sum()));

    /// <summary>The class that colours a series.</summary>
    public static string ClassOf(UsageSeries series) => $"series-{series.ToString().ToLowerInvariant()}";

    /// <param name="name">The id of the drawing.</param>
    /// <param name="title">What it shows.</param>
    /// <param name="description">The same in numbers.</param>
    /// <param name="value">What is said of a series and its count on hovering.</param>
    public IHtmlContent Draw(string name, string title, string description, Func<UsageSeries, long, string> value)
    {
        ArgumentNullException.ThrowIfNull(value);
        var svg = new Svg(name, bars.Counts.Count * BarWidth, Height);
        svg.Say(title, description);
        foreach (var part in (double[])[0, 0.5, 1])
        {
            svg.Line(Height * part, "scale");
        }

        for (var at = 0; at < bars.Counts.Count; at++)
        {
            double reached = Height;
            foreach (var series in Usage.Series)
            {
                var high = (double)bars.Counts[at][(int)series] / Top * Height;
                if (high > 0)
                {
                    reached -= high;
                    svg.Bar((at * BarWidth) + Gap, reached, BarWidth - (2 * Gap), high, ClassOf(series));
                }
            }

            if (reached < Height)
            {
                svg.Tip(at * BarWidth, BarWidth, TipOf(at, value));
            }
        }

        return svg.Drawn("chart");
    }

    private string TipOf(int at, Func<UsageSeries, long, string> value) =>
        string.Join(
            '\n',
            Usage
                .Series.Where(series => bars.Counts[at][(int)series] > 0)
                .Select(series => value(series, bars.Counts[at][(int)series]))
                .Prepend(bars.Labels[at])
        );

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
