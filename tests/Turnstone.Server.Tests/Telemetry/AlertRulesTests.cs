using System.Text.RegularExpressions;

namespace Turnstone.Server.Tests.Telemetry;

/// <summary>
/// The alert rules, by Prometheus' own promtool: each is fired by the series of its cause, and by no other of the file.
/// </summary>
public sealed partial class AlertRulesTests
{
    private static readonly string[] Tests = ["turnstone.rules.test.yml", "turnstone.rules.days.test.yml"];

    [Fact]
    public async Task Each_alert_is_fired_by_its_cause_and_a_quiet_day_fires_none()
    {
        var (code, output) = await Promtool.TestAsync(Tests);

        Assert.True(code == 0, output);
    }

    [Fact]
    public async Task No_alert_is_without_a_cause_in_those_tests()
    {
        var alerts = await NamesAsync(Alert(), "turnstone.rules.yml");
        var fired = new List<string>();
        foreach (var file in Tests)
        {
            fired.AddRange(await NamesAsync(Fired(), file));
        }

        Assert.NotEmpty(alerts);
        Assert.Equal(alerts.Order(StringComparer.Ordinal), fired.Distinct().Order(StringComparer.Ordinal));
    }

    /// <summary>
    /// promtool looks at one moment, when the cause has lasted long enough: it does not see an alert that comes too
    /// soon, or that wakes somebody for nothing.
    /// </summary>
    [Fact]
    public async Task Each_cause_has_to_last_as_long_as_the_table_of_the_handbook_says()
    {
        const string Expected = """
            TurnstoneDown 1m wake
            TurnstoneSilent 10m morning
            TurnstoneErrors 10m morning
            TurnstoneManyErrors 5m wake
            TurnstoneRefreshesSlow 5m wake
            TurnstoneRefusalsDoubled 10m morning
            TurnstoneNoRefreshes 5m wake
            TurnstoneReplaysDoubled 10m morning
            TurnstoneReuse 0m morning
            TurnstoneManyReuses 0m wake
            TurnstoneSuspectedCopy 0m morning
            TurnstoneManySuspectedCopies 0m wake
            TurnstoneStoreForgot 0m wake
            TurnstoneCommitsSlow 15m morning
            TurnstoneCommitsVerySlow 5m wake
            TurnstoneQueueLong 5m morning
            TurnstoneQueueHalfFull 5m wake
            TurnstoneQueueFull 0m wake
            TurnstoneRevocationsLate 10m morning
            TurnstoneRevocationsVeryLate 5m wake
            TurnstoneRevocationsGrow 1h morning
            TurnstoneRevocationsLarge 10m morning
            TurnstoneAuditAltered 0m wake
            TurnstonePasswordsWait 10m morning
            TurnstonePasswordsRefused 0m morning
            TurnstonePasswordsRefusedLong 10m wake
            TurnstoneLimitsDoubled 10m morning
            TurnstoneMemory 15m morning
            TurnstoneBusy 15m morning
            TurnstoneVeryBusy 10m wake
            """;
        var rules = await File.ReadAllTextAsync(
            Path.Combine(Promtool.Rules, "turnstone.rules.yml"),
            TestContext.Current.CancellationToken
        );

        Assert.Equal(
            Expected.Split('\n'),
            rules
                .Split("- alert: ")[1..]
                .Select(rule =>
                {
                    var time = Lasting().Match(rule) is { Success: true } lasts ? lasts.Groups["time"].Value : "0m";
                    return $"{rule.Split('\n')[0]} {time} {Severity().Match(rule).Groups["name"].Value}";
                })
        );
    }

    private static async Task<List<string>> NamesAsync(Regex names, string file) =>
        [
            .. names
                .Matches(
                    await File.ReadAllTextAsync(
                        Path.Combine(Promtool.Rules, file),
                        TestContext.Current.CancellationToken
                    )
                )
                .Select(name => name.Groups["name"].Value),
        ];

    [GeneratedRegex(@"for: (?<time>\w+)")]
    private static partial Regex Lasting();

    [GeneratedRegex(@"severity: (?<name>\w+)")]
    private static partial Regex Severity();

    [GeneratedRegex(@"- alert: (?<name>\w+)")]
    private static partial Regex Alert();

    [GeneratedRegex(@"alertname=""(?<name>\w+)""")]
    private static partial Regex Fired();
}
