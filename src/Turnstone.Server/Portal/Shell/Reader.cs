using System.Globalization;
using Microsoft.Extensions.Localization;

namespace Turnstone.Server.Portal.Shell;

/// <summary>
/// Times in the reader's zone (told by the browser or chosen; UTC otherwise), distances in words, and numbers as the
/// reader's language writes them.
/// </summary>
public sealed class Reader(IHttpContextAccessor accessor, TimeProvider time, IStringLocalizer<ShellWords> words)
{
    private TimeZoneInfo? zone;
    private NumberFormatInfo? numbers;

    public TimeZoneInfo Zone =>
        zone ??= Find(accessor.HttpContext?.Request.Cookies[PortalCookies.Zone]) ?? TimeZoneInfo.Utc;

    public DateTimeOffset Now => time.GetUtcNow();

    /// <summary><c>2026-11-21 17:08 UTC+1</c></summary>
    public string Time(DateTimeOffset at)
    {
        var local = TimeZoneInfo.ConvertTime(at, Zone);
        return $"{local.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)} {OffsetName(local.Offset)}";
    }

    public string Day(DateTimeOffset at) =>
        TimeZoneInfo.ConvertTime(at, Zone).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>"in 12 hours", "3 days ago", "now".</summary>
    public string Distance(DateTimeOffset at)
    {
        var span = at - time.GetUtcNow();
        return span.Duration() < TimeSpan.FromSeconds(1) ? words["Now"]
            : span > TimeSpan.Zero ? words["In", SpanAfter(span)]
            : words["Ago", SpanAfter(span.Duration())];
    }

    /// <summary>"12 hours", "1 day": whole numbers of the largest unit that fits.</summary>
    public string Span(TimeSpan span) =>
        span.TotalDays >= 1 ? Count("Day", span.TotalDays)
        : span.TotalHours >= 1 ? Count("Hour", span.TotalHours)
        : span.TotalMinutes >= 1 ? Count("Minute", span.TotalMinutes)
        : Count("Second", span.TotalSeconds);

    /// <summary>The same after a preposition ("in", "since"), which changes the word for days in German.</summary>
    public string SpanAfter(TimeSpan span) =>
        Whole(span.TotalDays) is > 1 and var days ? words["DayManyAfter", days] : Span(span);

    /// <summary>"12,345" or "12.345".</summary>
    public string Number(double number) => number.ToString("#,0.#", Numbers);

    // The program runs without the cultures of the system.
    private NumberFormatInfo Numbers =>
        numbers ??= new NumberFormatInfo
        {
            NumberGroupSeparator = words["NumberGroup"],
            NumberDecimalSeparator = words["NumberPoint"],
        };

    public static TimeZoneInfo? Find(string? id) =>
        id is { Length: > 0 and <= 64 } && TimeZoneInfo.TryFindSystemTimeZoneById(id, out var found) ? found : null;

    // Rounds 11 h 59 m 59 s to 12 hours.
    private static long Whole(double number) => (long)Math.Floor(number + 0.02);

    private string Count(string unit, double number)
    {
        var whole = Whole(number);
        return whole == 1 ? words[$"{unit}One"] : words[$"{unit}Many", whole];
    }

    private static string OffsetName(TimeSpan offset) =>
        offset == TimeSpan.Zero
            ? "UTC"
            : $"UTC{(offset < TimeSpan.Zero ? '−' : '+')}{offset.Duration().Hours}"
                + (offset.Minutes == 0 ? "" : $":{offset.Duration().Minutes:00}");
}
