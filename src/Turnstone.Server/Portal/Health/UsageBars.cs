using System.Globalization;

namespace Turnstone.Server.Portal.Health;

/// <summary>What a chart draws: a bar for each day or hour, in parts by series.</summary>
/// <param name="Labels">What each bar is called.</param>
/// <param name="Counts">The counts of each bar, in the order of <see cref="Usage.Series"/>.</param>
public sealed record UsageBars(IReadOnlyList<string> Labels, IReadOnlyList<long[]> Counts)
{
    public static UsageBars Of(Usage usage)
    {
        ArgumentNullException.ThrowIfNull(usage);
        return new(
            [.. usage.Days.Select(day => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture))],
            [.. usage.Days.Select(day => Usage.Series.Select(series => usage.Of(day, series)).ToArray())]
        );
    }

    public long Total(UsageSeries series) => Counts.Sum(bar => bar[(int)series]);

    public bool IsEmpty => Counts.All(bar => bar.Sum() == 0);
}

/// <summary>A chart with its axis and legend.</summary>
/// <param name="Id">Unique in its page.</param>
/// <param name="Title">What it shows.</param>
/// <param name="Bars">The values.</param>
/// <param name="Numbers">Whether its values stand below it, folded: on hovering they are for a pointer only.</param>
public sealed record UsageFigure(string Id, string Title, UsageBars Bars, bool Numbers = false);
