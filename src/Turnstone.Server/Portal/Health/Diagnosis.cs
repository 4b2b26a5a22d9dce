using Turnstone.Audit;

namespace Turnstone.Server.Portal.Health;

/// <summary>The urgency of a finding: broken, wasteful, or fine.</summary>
public enum Weight
{
    Bad,
    Warn,
    Good,
}

/// <summary>A pattern in the counts.</summary>
/// <param name="Kind">Its name, which is the prefix of its resource keys.</param>
/// <param name="Weight">The urgency.</param>
/// <param name="Count">The count.</param>
/// <param name="Guide">The part of the guide on updating tokens that says what to change.</param>
public sealed record Finding(FindingKind Kind, Weight Weight, long Count, string Guide)
{
    public string Link => $"/portal/guides/updating-tokens#{Guide}";
}

public enum FindingKind
{
    SharedToken,
    Steered,
    LoginsInsteadOfRefreshes,
    LostAnswers,
    EarlyRefreshes,
    TooFast,
    RefreshesAfterTheEnd,
    WrongCredentials,
    StoreForgot,
    NothingSucceeded,
    AllWell,
}

/// <summary>
/// What the counts of an integration mean. A few events are not a pattern: a developer who tries things out causes a
/// handful of everything.
/// </summary>
public static class Diagnosis
{
    private const int Accidents = 5;
    private const int ManyLogins = 20;

    /// <summary>The share of repeated refreshes, in percent, above which network or program are worth a look.</summary>
    private const int ReplaysPerHundred = 2;

    private const int EarlyPerHundred = 10;

    /// <summary>
    /// The findings, most urgent first; "all is well" if there are none and something has succeeded; empty without any
    /// activity.
    /// </summary>
    /// <param name="usage">The counts.</param>
    /// <param name="refreshes">Whether this integration gets refresh tokens; a client that acts for itself does
    /// not.</param>
    public static IReadOnlyList<Finding> Of(Usage usage, bool refreshes = true)
    {
        ArgumentNullException.ThrowIfNull(usage);
        if (usage.IsEmpty)
        {
            return [];
        }

        var found = Patterns(usage, refreshes)
            .Where(finding => finding.Count > 0)
            .OrderBy(finding => finding.Weight)
            .ToList();
        return found.Any(finding => finding.Weight is not Weight.Good) ? found
            : usage.Total(UsageSeries.Logins) + usage.Total(UsageSeries.Refreshes) > 0
                ? [.. found, new(FindingKind.AllWell, Weight.Good, 0, "what-you-hold")]
            : [new(FindingKind.NothingSucceeded, Weight.Warn, usage.Attempts, "answers"), .. found];
    }

    private static IEnumerable<Finding> Patterns(Usage usage, bool refreshes)
    {
        var (logins, refreshed, replays, early) = (
            usage.Total(UsageSeries.Logins),
            usage.Total(UsageSeries.Refreshes),
            usage.Total(UsageSeries.Replays),
            usage.Total(UsageSeries.Early)
        );
        var ended = usage.Total(UsageOutcome.Expired, UsageOutcome.Revoked);
        var invalid = usage.Total(UsageOutcome.Invalid);

        yield return new(FindingKind.SharedToken, Weight.Bad, usage.Total(UsageSeries.Alarms), "reuse");
        yield return new(FindingKind.Steered, Weight.Bad, usage.Total(UsageOutcome.Steered), "sign-in-again");
        yield return new(
            FindingKind.LoginsInsteadOfRefreshes,
            Weight.Warn,
            refreshes && logins >= ManyLogins && refreshed < logins ? logins : 0,
            "when-to-refresh"
        );
        yield return new(
            FindingKind.LostAnswers,
            Weight.Warn,
            Often(replays, refreshed + replays, ReplaysPerHundred),
            "lost-answers"
        );
        yield return new(
            FindingKind.EarlyRefreshes,
            Weight.Warn,
            Often(early, refreshed + early, EarlyPerHundred),
            "too-early"
        );
        yield return new(FindingKind.TooFast, Weight.Warn, usage.Total(UsageOutcome.Limited), "answers");
        yield return new(
            FindingKind.RefreshesAfterTheEnd,
            Weight.Warn,
            ended >= Accidents ? ended : 0,
            "sign-in-again"
        );
        yield return new(FindingKind.WrongCredentials, Weight.Warn, invalid >= Accidents ? invalid : 0, "answers");
        yield return new(FindingKind.StoreForgot, Weight.Good, usage.Total(UsageOutcome.Forgotten), "what-you-hold");
    }

    private static long Often(long count, long of, int perHundred) =>
        count >= Accidents && count * 100 >= of * perHundred ? count : 0;
}
