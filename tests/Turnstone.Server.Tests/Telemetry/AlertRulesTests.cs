using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Turnstone.Server.Tests.Telemetry;

/// <summary>
/// The alert rules, by Prometheus' own promtool: each is fired by its cause, and by no other cause of the file.
/// </summary>
public sealed partial class AlertRulesTests
{
    private static readonly string Rules = Path.Combine(Repository.Root, "deploy", "prometheus");

    private static readonly string[] Tests = ["turnstone.rules.test.yml", "turnstone.rules.days.test.yml"];

    [Fact]
    public async Task Each_alert_is_fired_by_its_cause_and_a_quiet_day_fires_none()
    {
        var start = new ProcessStartInfo("promtool", ["test", "rules", .. Tests])
        {
            WorkingDirectory = Rules,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var promtool = Process.Start(start)!;
        var cancel = TestContext.Current.CancellationToken;
        var output = promtool.StandardOutput.ReadToEndAsync(cancel);
        var error = promtool.StandardError.ReadToEndAsync(cancel);
        await promtool.WaitForExitAsync(cancel);

        Assert.True(promtool.ExitCode == 0, await output + await error);
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

    private static async Task<List<string>> NamesAsync(Regex names, string file) =>
        [
            .. names
                .Matches(await File.ReadAllTextAsync(Path.Combine(Rules, file), TestContext.Current.CancellationToken))
                .Select(name => name.Groups["name"].Value),
        ];

    [GeneratedRegex(@"- alert: (?<name>\w+)")]
    private static partial Regex Alert();

    [GeneratedRegex(@"alertname=""(?<name>\w+)""")]
    private static partial Regex Fired();
}
