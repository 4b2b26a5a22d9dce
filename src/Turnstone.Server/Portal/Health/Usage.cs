using Turnstone.Audit;

namespace Turnstone.Server.Portal.Health;

/// <summary>The series of a chart.</summary>
public enum UsageSeries
{
    Logins,
    Refreshes,
    Replays,
    Early,
    Refusals,
    Alarms,
}

/// <summary>The daily counts of one integration, including days without activity.</summary>
public sealed class Usage
{
    private readonly Dictionary<(DateOnly Day, UsageOutcome Outcome), long> counts;

    public Usage(IEnumerable<UsageRow> rows, DateOnly from, DateOnly to)
    {
        Days = [.. Enumerable.Range(0, to.DayNumber - from.DayNumber + 1).Select(from.AddDays)];
        counts = rows.GroupBy(row => (row.Day, row.Outcome))
            .ToDictionary(group => group.Key, group => group.Sum(row => row.Count));
    }

    public IReadOnlyList<DateOnly> Days { get; }

    public bool IsEmpty => counts.Count == 0;

    public static IReadOnlyList<UsageSeries> Series { get; } = Enum.GetValues<UsageSeries>();

    public static UsageSeries SeriesOf(UsageOutcome outcome) =>
        outcome switch
        {
            UsageOutcome.Login => UsageSeries.Logins,
            UsageOutcome.Refresh or UsageOutcome.Forgotten => UsageSeries.Refreshes,
            UsageOutcome.Replay => UsageSeries.Replays,
            UsageOutcome.Current or UsageOutcome.TooEarly => UsageSeries.Early,
            UsageOutcome.Reuse => UsageSeries.Alarms,
            _ => UsageSeries.Refusals,
        };

    /// <summary>Everything that was counted.</summary>
    public long Attempts => counts.Values.Sum();

    public long Of(DateOnly day, UsageOutcome outcome) => counts.GetValueOrDefault((day, outcome));

    public long Of(DateOnly day, UsageSeries series) =>
        counts.Where(count => count.Key.Day == day && SeriesOf(count.Key.Outcome) == series).Sum(count => count.Value);

    public long Of(DateOnly day) => counts.Where(count => count.Key.Day == day).Sum(count => count.Value);

    public long Total(params UsageOutcome[] outcomes) =>
        counts.Where(count => outcomes.Contains(count.Key.Outcome)).Sum(count => count.Value);

    public long Total(UsageSeries series) =>
        counts.Where(count => SeriesOf(count.Key.Outcome) == series).Sum(count => count.Value);
}
