using System.Globalization;
using System.Text.RegularExpressions;

namespace Turnstone.Server.Tests.Telemetry;

/// <summary>What Prometheus reads of a server at one moment.</summary>
/// <param name="Values">Each series, by its name and labels.</param>
/// <param name="Gauges">The metrics that go up and down.</param>
internal sealed partial record Scrape(IReadOnlyDictionary<string, double> Values, IReadOnlySet<string> Gauges)
{
    public static readonly Scrape Nothing = new(new Dictionary<string, double>(), new HashSet<string>());

    public static Scrape Of(string text) =>
        new(
            Sample()
                .Matches(text)
                .ToDictionary(
                    sample => $"{sample.Groups["name"].Value}{sample.Groups["labels"].Value}",
                    sample => double.Parse(sample.Groups["value"].Value, CultureInfo.InvariantCulture)
                ),
            Gauge().Matches(text).Select(gauge => gauge.Groups["name"].Value).ToHashSet()
        );

    public bool IsGauge(string series) => Gauges.Contains(series.Split('{')[0]);

    /// <summary>The sum of a metric's series.</summary>
    public double Sum(string name) =>
        Values.Where(one => one.Key.Split('{')[0] == name).Sum(one => one.Value);

    [GeneratedRegex(@"^(?<name>[a-z_]+)(?<labels>\{.*\})? (?<value>[-+\d.eE]+)( \d+)?$", RegexOptions.Multiline)]
    private static partial Regex Sample();

    [GeneratedRegex(@"^# TYPE (?<name>[a-z_]+) gauge", RegexOptions.Multiline)]
    private static partial Regex Gauge();
}
