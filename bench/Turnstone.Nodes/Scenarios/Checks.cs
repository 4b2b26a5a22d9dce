using Turnstone.Nodes.Clients;

namespace Turnstone.Nodes.Scenarios;

/// <summary>What every load is held to.</summary>
internal static class Checks
{
    /// <summary>
    /// Ends the load, and holds it to: no session lost, no 500, no 503 without Retry-After, no answer after its
    /// deadline.
    /// </summary>
    public static async Task EndAsync(this Load load, Findings findings)
    {
        await load.EndAsync();
        var answers = load.Answers.All;
        var other = answers
            .Where(answer => !answer.Granted)
            .GroupBy(answer => answer.Status)
            .OrderBy(group => group.Key)
            .Select(group => $"{group.Count()} × {Name(group.Key)}");
        var granted = answers.Where(answer => answer.Granted).Select(answer => answer.Took).ToList();
        findings.Figure(
            $"{load.Chains.Count} chains, {granted.Count} refreshes granted, p50 {Milliseconds(granted, 0.5)}, "
                + $"p99 {Milliseconds(granted, 0.99)}; "
                + $"longest wait for any answer {answers.Max(answer => answer.Took).TotalSeconds:0.0} s; "
                + $"else {(other.Any() ? string.Join(", ", other) : "nothing")}"
        );
        findings.Must("sessions lost: 0", load.Lost.Count == 0);
        foreach (var lost in load.Lost.Take(3))
        {
            findings.Figure($"lost: {lost.Lost}");
        }

        findings.Must("every chain was refreshed after it", load.Chains.All(chain => chain.Refreshes > 0));
        findings.Must("no 500", answers.All(answer => answer.Status != 500));
        findings.Must(
            "every 503 and 429 has Retry-After",
            answers.All(answer => answer.Sound || answer.Status == Answer.NoAnswer)
        );
        findings.Must(
            $"no answer later than {Chain.Deadline.TotalSeconds:0} s",
            answers.All(answer => answer.Status != Answer.NoAnswer && answer.Took <= Chain.Deadline)
        );
    }

    /// <summary>That the rate of before is back so soon after a moment.</summary>
    public static void Recovers(
        this Findings findings,
        Load load,
        string what,
        TimeSpan since,
        double usual,
        TimeSpan within
    )
    {
        var back = load.Answers.Recovery(since, usual);
        findings.Figure(
            $"{usual:0}/s before; {what}: back at four fifths of it "
                + $"after {(back is { } took ? $"{took.TotalSeconds:0.0} s" : "—")}"
        );
        findings.Must($"{what}: back within {within.TotalSeconds:0} s", back <= within);
    }

    /// <summary>That nothing but success was answered.</summary>
    public static void NothingRefused(this Findings findings, Load load)
    {
        var refused = load.Answers.All.Count(answer => !answer.Granted);
        findings.Must($"refused requests: 0 (were {refused})", refused == 0);
    }

    private static string Milliseconds(IReadOnlyList<TimeSpan> of, double share) =>
        $"{Answers.Quantile(of, share).TotalMilliseconds:0.0} ms";

    private static string Name(int status) =>
        status switch
        {
            Answer.NoConnection => "connection failed",
            Answer.NoAnswer => "no answer",
            _ => $"{status}",
        };
}
