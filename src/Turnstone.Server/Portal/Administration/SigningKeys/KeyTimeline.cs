using System.Globalization;

namespace Turnstone.Server.Portal.Administration.SigningKeys;

/// <summary>A segment of a key's bar: position and width, in percent.</summary>
public sealed record TimelineSegment(KeyPhase Phase, string X, string Width);

public sealed record TimelineRow(PlannedKey Key, IReadOnlyList<TimelineSegment> Segments, int Top);

public sealed record TimelineTick(string X, string Label);

/// <summary>
/// The schedule as a drawing: widths in percent, so it fits any screen; heights and text in pixels, so they stay
/// readable.
/// </summary>
public sealed class KeyTimeline
{
    public const int RowHeight = 44;

    private const int Head = 26;
    private const int MostTicks = 5;

    private readonly DateTimeOffset from;
    private readonly TimeSpan span;

    public KeyTimeline(IReadOnlyList<PlannedKey> keys, DateTimeOffset now)
    {
        from = keys.Select(key => key.PublishedAt).Append(now).Min();
        var to = keys.Select(key => key.NeededUntil).Append(now.AddDays(1)).Max();
        span = to - from;
        Rows = [.. keys.Select((key, i) => new TimelineRow(key, [.. Segments(key)], Head + (i * RowHeight)))];
        Now = Percent(now);
        Ticks = [.. TicksOf(to)];
    }

    public IReadOnlyList<TimelineRow> Rows { get; }

    public IReadOnlyList<TimelineTick> Ticks { get; }

    public string Now { get; }

    public int Height => Head + (Rows.Count * RowHeight);

    private IEnumerable<TimelineSegment> Segments(PlannedKey key)
    {
        // A key that was retired early has no later segments.
        var end = key.RetiredAt ?? key.NeededUntil;
        return new[]
        {
            Part(KeyPhase.Waiting, key.PublishedAt, Min(key.SignsFrom, end)),
            Part(KeyPhase.Signing, key.SignsFrom, Min(key.SignsUntil, end)),
            Part(KeyPhase.Verifying, key.SignsUntil, end),
            Part(KeyPhase.Retired, end, key.NeededUntil),
        }.OfType<TimelineSegment>();
    }

    private TimelineSegment? Part(KeyPhase phase, DateTimeOffset begin, DateTimeOffset end) =>
        end > begin ? new(phase, Percent(begin), Text((end - begin) / span)) : null;

    private IEnumerable<TimelineTick> TicksOf(DateTimeOffset to)
    {
        var months = ((to.Year - from.Year) * 12) + to.Month - from.Month;
        var step = Math.Max(1, (int)Math.Ceiling(months / (double)MostTicks));
        var first = new DateTimeOffset(from.Year, from.Month, 1, 0, 0, 0, TimeSpan.Zero).AddMonths(1);
        for (var tick = first; tick < to; tick = tick.AddMonths(step))
        {
            yield return new(Percent(tick), tick.ToString("yyyy-MM", CultureInfo.InvariantCulture));
        }
    }

    private string Percent(DateTimeOffset at) => Text((at - from) / span);

    private static string Text(double part) => string.Create(CultureInfo.InvariantCulture, $"{part * 100:0.##}%");

    private static DateTimeOffset Min(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;
}
