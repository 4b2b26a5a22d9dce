using Turnstone.Audit;
using Turnstone.Server.Portal.Health;
using Turnstone.Testing;

namespace Turnstone.Server.Tests.Portal.Health;

public sealed class DiagnosisTests
{
    private static readonly DateOnly Today = new(2031, 5, 6);

    [Theory]
    [InlineData("Login 1, Refresh 100", "AllWell")]
    [InlineData("Login 19, Refresh 2", "AllWell")]
    [InlineData("Login 20, Refresh 20", "AllWell")]
    [InlineData("Login 20, Refresh 19", "LoginsInsteadOfRefreshes")]
    [InlineData("Login 1, Refresh 100, Replay 4", "AllWell")]
    [InlineData("Login 1, Refresh 1000, Replay 5", "AllWell")]
    [InlineData("Login 1, Refresh 245, Replay 5", "LostAnswers")]
    [InlineData("Login 1, Refresh 40, TooEarly 4", "AllWell")]
    [InlineData("Login 1, Refresh 45, TooEarly 3, Current 2", "EarlyRefreshes")]
    [InlineData("Login 1, Refresh 46, TooEarly 3, Current 2", "AllWell")]
    [InlineData("Login 1, Refresh 100, Reuse 1", "SharedToken")]
    [InlineData("Login 3, Refresh 3, Steered 1", "Steered")]
    [InlineData("Login 1, Refresh 9, Limited 1", "TooFast")]
    [InlineData("Login 1, Refresh 9, Expired 2, Revoked 3", "RefreshesAfterTheEnd")]
    [InlineData("Login 1, Refresh 9, Expired 4", "AllWell")]
    [InlineData("Invalid 5", "WrongCredentials")]
    [InlineData("Invalid 4", "NothingSucceeded")]
    [InlineData("TooEarly 1", "NothingSucceeded")]
    [InlineData("Login 1, Invalid 4", "AllWell")]
    [InlineData("Login 1, Forgotten 2", "StoreForgot, AllWell")]
    [InlineData(
        "Login 30, Refresh 10, Replay 9, Reuse 1, Steered 4, Limited 3, Invalid 7",
        "SharedToken, Steered, LoginsInsteadOfRefreshes, LostAnswers, TooFast, WrongCredentials"
    )]
    [InlineData("", "")]
    public void A_pattern_has_its_meaning(string counts, string findings) =>
        Assert.Equal(findings, string.Join(", ", Diagnosis.Of(Of(counts)).Select(finding => finding.Kind)));

    [Fact]
    public void Every_finding_leads_to_a_part_of_the_guide_that_is_there()
    {
        var guide = File.ReadAllText(
            Path.Combine(Repository.Root, "src/Turnstone.Server/Portal/Guides/Texts/UpdatingTokens.en.cshtml")
        );
        var every = string.Join(", ", Enum.GetNames<UsageOutcome>().Select(name => $"{name} 50"));

        var findings = Diagnosis
            .Of(Of(every))
            .Concat(Diagnosis.Of(Of("Login 1, Refresh 100")))
            .Concat(Diagnosis.Of(Of("Login 30, Refresh 1")))
            .Concat(Diagnosis.Of(Of("Invalid 1")))
            .ToList();

        Assert.Equal(
            Enum.GetNames<FindingKind>().Order(),
            findings.Select(finding => finding.Kind.ToString()).Distinct().Order()
        );
        Assert.All(findings, finding => Assert.Contains($"id=\"{finding.Guide}\"", guide, StringComparison.Ordinal));
    }

    [Fact]
    public void A_program_that_is_given_no_refresh_token_is_not_told_to_refresh() =>
        Assert.Equal(
            [FindingKind.AllWell],
            Diagnosis.Of(Of("Login 500"), refreshes: false).Select(finding => finding.Kind)
        );

    [Fact]
    public void The_worst_comes_first_and_each_leads_into_the_guide()
    {
        var findings = Diagnosis.Of(Of("Login 1, Forgotten 1, Limited 1, Reuse 2"));

        Assert.Equal([Weight.Bad, Weight.Warn, Weight.Good], findings.Select(finding => finding.Weight));
        Assert.Equal(2, findings[0].Count);
        Assert.All(
            findings,
            finding => Assert.StartsWith("/portal/guides/updating-tokens#", finding.Link, StringComparison.Ordinal)
        );
    }

    [Fact]
    public void Every_outcome_is_in_one_series_and_every_day_is_there()
    {
        var usage = new Usage(
            [.. Enum.GetValues<UsageOutcome>().Select(outcome => new UsageRow(Today, outcome, 1))],
            Today.AddDays(-29),
            Today
        );

        Assert.Equal(30, usage.Days.Count);
        Assert.Equal(Enum.GetValues<UsageOutcome>().Length, Usage.Series.Sum(usage.Total));
        Assert.Equal(usage.Of(Today), Usage.Series.Sum(series => usage.Of(Today, series)));
    }

    [Theory]
    [InlineData(0, 2)]
    [InlineData(2, 2)]
    [InlineData(3, 5)]
    [InlineData(5, 5)]
    [InlineData(6, 10)]
    [InlineData(11, 20)]
    [InlineData(1_000_000, 1_000_000)]
    [InlineData(5_000_001, 10_000_000)]
    public void The_scale_ends_at_a_round_number(long most, long top) =>
        Assert.Equal(top, new UsageChart(new Usage([new UsageRow(Today, UsageOutcome.Login, most)], Today, Today)).Top);

    private static Usage Of(string counts) =>
        new(
            counts
                .Split(", ", StringSplitOptions.RemoveEmptyEntries)
                .Select(pair => pair.Split(' '))
                .Select(pair => new UsageRow(
                    Today,
                    Enum.Parse<UsageOutcome>(pair[0]),
                    long.Parse(pair[1], System.Globalization.CultureInfo.InvariantCulture)
                )),
            Today.AddDays(-29),
            Today
        );
}
