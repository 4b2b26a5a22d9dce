namespace Turnstone.Server.Portal.ApiKeys;

/// <summary>The time that the page of a key looks back on, as in its URL.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Days">How many days; one is shown by the hour.</param>
public sealed record KeyPeriod(string Name, int Days)
{
    public static KeyPeriod Day { get; } = new("24h", 1);

    public static KeyPeriod Month { get; } = new("30d", 30);

    public static KeyPeriod Longest { get; } = new("90d", 90);

    public static IReadOnlyList<KeyPeriod> All { get; } = [Day, new("7d", 7), Month, Longest];

    public TimeSpan Span => TimeSpan.FromDays(Days);

    public static KeyPeriod Of(string? name) => All.FirstOrDefault(period => period.Name == name) ?? Month;
}
