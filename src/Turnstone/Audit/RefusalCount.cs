using System.Globalization;

namespace Turnstone.Audit;

/// <summary>
/// What the detail of an audit entry says that stands for several refusals:
/// <c>ApiKey: 17 more in this minute</c>.
/// </summary>
/// <param name="Kind">What was asked for, as in an entry of one refusal.</param>
/// <param name="Count">How many, without those that have entries of their own.</param>
/// <param name="Period">The minute or the hour in which they came.</param>
public sealed record RefusalCount(string Kind, long Count, TimeSpan Period)
{
    private const string Minute = " more in this minute";
    private const string Hour = " more in this hour";

    public static TimeSpan OneMinute { get; } = TimeSpan.FromMinutes(1);

    public static TimeSpan OneHour { get; } = TimeSpan.FromHours(1);

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Kind}: {Count}{(Period == OneHour ? Hour : Minute)}");

    /// <summary>Null for the detail of any other entry.</summary>
    public static RefusalCount? Read(string? detail) =>
        detail is null ? null
        : detail.EndsWith(Minute, StringComparison.Ordinal) ? Read(detail[..^Minute.Length], OneMinute)
        : detail.EndsWith(Hour, StringComparison.Ordinal) ? Read(detail[..^Hour.Length], OneHour)
        : null;

    private static RefusalCount? Read(string text, TimeSpan period) =>
        text.Split(": ") is [var kind, var number]
        && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            ? new(kind, count, period)
            : null;
}
