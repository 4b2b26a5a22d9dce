using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Turnstone.Testing;

namespace Turnstone.Server.Tests.Telemetry;

/// <summary>Prometheus' own evaluation of deploy/prometheus.</summary>
internal static partial class Promtool
{
    private const string Day = "0x1440";
    private const int Later = 1440 + 45;

    public static readonly string Rules = Path.Combine(Repository.Root, "deploy", "prometheus");

    private static readonly Lazy<string> Asked = new(() =>
        File.ReadAllText(Path.Combine(Rules, "turnstone.rules.yml"))
    );

    public static async Task<(int ExitCode, string Output)> TestAsync(params string[] files)
    {
        var start = new ProcessStartInfo("promtool", ["test", "rules", .. files])
        {
            WorkingDirectory = Rules,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var promtool = Process.Start(start)!;
        var cancel = TestContext.Current.CancellationToken;
        var (output, error) = (
            promtool.StandardOutput.ReadToEndAsync(cancel),
            promtool.StandardError.ReadToEndAsync(cancel)
        );
        await promtool.WaitForExitAsync(cancel);
        return (promtool.ExitCode, await output + await error);
    }

    /// <summary>
    /// The alerts that fire when a server was at rest for a day, and then for three quarters of an hour each minute did
    /// what it did between two scrapes. A server that is gone leaves no second scrape.
    /// </summary>
    public static Task<IReadOnlySet<string>> FiringAsync(Scrape before, Scrape after) =>
        FiringAsync(after == Scrape.Nothing ? Gone(before) : Series(before, after, Grows));

    /// <summary>The alerts that fire when what it did each minute for a day is done no more.</summary>
    public static Task<IReadOnlySet<string>> FiringWhenItStopsAsync(Scrape before, Scrape after) =>
        FiringAsync(Series(before, after, Stops));

    private static async Task<IReadOnlySet<string>> FiringAsync(string series)
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(
                file,
                $$"""
                rule_files: [{{Rules}}/turnstone.rules.yml]
                evaluation_interval: 1m
                tests:
                  - interval: 1m
                    input_series:
                {{series}}
                    promql_expr_test:
                      - expr: 'count by (alertname) (ALERTS{alertstate="firing"})'
                        eval_time: {{Later}}m
                        exp_samples: []
                """,
                TestContext.Current.CancellationToken
            );
            var (_, output) = await TestAsync(file);
            Assert.DoesNotContain("parse error", output, StringComparison.Ordinal);
            return Fired().Matches(output).Select(fired => fired.Groups["name"].Value).ToHashSet();
        }
        finally
        {
            File.Delete(file);
        }
    }

    // Most of what a server says no rule asks for, and a day of it is much for promtool to go through.
    private static bool IsAsked(string series) => Asked.Value.Contains(series.Split('{')[0], StringComparison.Ordinal);

    private static string Gone(Scrape before) =>
        string.Concat(
            before.Values.Where(one => IsAsked(one.Key)).Select(one => Line(one.Key, $"{Number(one.Value)}+{Day}"))
        ) + Line("up{job=\"turnstone\"}", $"1+{Day} 0+0x60");

    private static string Series(Scrape before, Scrape after, Func<double?, double, string> values)
    {
        var lines = new StringBuilder();
        foreach (var (series, value) in after.Values.Where(one => IsAsked(one.Key)))
        {
            double? at = before.Values.TryGetValue(series, out var found) ? found : null;
            lines.Append(
                Line(
                    series,
                    after.IsGauge(series) ? $"{Number(at ?? value)}+{Day} {Number(value)}+0x60" : values(at, value)
                )
            );
        }

        return lines.Append(Line("up{job=\"turnstone\"}", $"1+{Day} 1+0x60")).ToString();
    }

    // A series that was not there yet has no value yet: an increase to its first value is none.
    private static string Grows(double? before, double after) =>
        before is { } at
            ? $"{Number(at)}+{Day} {Number(after)}{Step(after - at)}x60"
            : $"_x1441 {Number(after)}{Step(after)}x60";

    private static string Stops(double? before, double after)
    {
        var (from, step) = (before ?? 0, after - (before ?? 0));
        return $"{Number(from)}{Step(step)}x1440 {Number(from + (step * 1440))}+0x60";
    }

    private static string Line(string series, string values)
    {
        var own = series.Contains('{', StringComparison.Ordinal)
            ? series.Replace("{", "{instance=\"n1\",", StringComparison.Ordinal)
            : series + "{instance=\"n1\"}";
        return $"      - series: '{own.Replace("'", "''", StringComparison.Ordinal)}'\n        values: '{values}'\n";
    }

    private static string Step(double value) => value < 0 ? Number(value) : $"+{Number(value)}";

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    [GeneratedRegex(@"alertname=""(?<name>\w+)""")]
    private static partial Regex Fired();
}
