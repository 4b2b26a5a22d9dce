using System.Globalization;

namespace Turnstone.Cli.Output;

/// <summary>Times as a person says them.</summary>
internal static class Durations
{
    public static string Of(TimeSpan span) =>
        span.Duration() switch
        {
            { TotalSeconds: < 90 } short_ => Count((int)short_.TotalSeconds, "second"),
            { TotalMinutes: < 90 } some => Count((int)some.TotalMinutes, "minute"),
            { TotalHours: < 48 } more => Count((int)more.TotalHours, "hour"),
            var long_ => Count((int)long_.TotalDays, "day"),
        };

    /// <summary>A moment, and how far it is from now.</summary>
    public static string Moment(DateTimeOffset at, DateTimeOffset now) =>
        at > now ? $"in {Of(at - now)} ({Text(at)})" : $"{Of(now - at)} ago ({Text(at)})";

    public static string Text(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string Count(int number, string what) => $"{number} {what}{(number == 1 ? "" : "s")}";
}
