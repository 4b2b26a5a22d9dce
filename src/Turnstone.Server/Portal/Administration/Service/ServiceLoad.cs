using Turnstone.Sessions;

namespace Turnstone.Server.Portal.Administration.Service;

/// <summary>The number of grants of one kind and outcome in the last hour.</summary>
public sealed record GrantCount(string Kind, string Outcome, long Count);

/// <summary>The charts of this node's last hour.</summary>
public sealed record ServiceLoad(IReadOnlyList<LoadChart> Charts, IReadOnlyList<GrantCount> Grants)
{
    private static readonly HashSet<string> Granting =
    [
        "granted",
        nameof(RotationKind.Advance),
        nameof(RotationKind.Replay),
        nameof(RotationKind.Current),
    ];

    public static ServiceLoad Of(LoadRecorder recorder)
    {
        recorder.Sample();
        var grants = recorder.GrantHours().ToList();
        var requests = recorder.Hour(new(LoadRecorder.Requests));
        return new(
            [
                Counted("Requests", requests),
                Counted("ServerErrors", recorder.Hour(new(LoadRecorder.Requests, Outcome: LoadRecorder.Failed)), "bad"),
                Shown("RequestTime", requests, minute => minute.Mean * 1000, "ms"),
                Counted(
                    "GrantsGiven",
                    Together(
                        grants
                            .Where(grant => Granting.Contains(grant.Measure.Outcome ?? ""))
                            .Select(grant => grant.Hour)
                    )
                ),
                Counted(
                    "Refusals",
                    Together(
                        grants
                            .Where(grant => !Granting.Contains(grant.Measure.Outcome ?? ""))
                            .Select(grant => grant.Hour)
                    ),
                    "warn"
                ),
                Counted("Replays", recorder.Hour(new(LoadRecorder.Replays))),
                Counted("ReuseAlarms", recorder.Hour(new(LoadRecorder.Reuses)), "bad"),
                Shown("BatchSize", recorder.Hour(new(LoadRecorder.BatchSize)), minute => minute.Mean, ""),
                Shown(
                    "CommitTime",
                    recorder.Hour(new(LoadRecorder.CommitDuration)),
                    minute => minute.Mean * 1000,
                    "ms"
                ),
                Shown("QueueDepth", recorder.Hour(new(LoadRecorder.QueueDepth)), minute => minute.Max, ""),
                Shown("PasswordWait", recorder.Hour(new(LoadRecorder.PasswordWait)), minute => minute.Max * 1000, "ms"),
                Counted("PasswordsRefused", recorder.Hour(new(LoadRecorder.PasswordsRefused)), "warn"),
            ],
            [
                .. grants
                    .Select(grant => new GrantCount(
                        grant.Measure.Kind ?? "",
                        grant.Measure.Outcome ?? "",
                        grant.Hour.Sum(minute => minute.Count)
                    ))
                    .Where(grant => grant.Count > 0)
                    .OrderBy(grant => grant.Kind, StringComparer.Ordinal)
                    .ThenByDescending(grant => grant.Count),
            ]
        );
    }

    private static LoadChart Counted(string word, LoadMinute[] hour, string look = "")
    {
        double[] values = [.. hour.Select(minute => (double)minute.Count)];
        var sum = values.Sum();
        return new(word, values, sum, sum > 0 ? look : "");
    }

    /// <summary>Values that are not counts have no sum; the highest minute is shown instead.</summary>
    private static LoadChart Shown(string word, LoadMinute[] hour, Func<LoadMinute, double> of, string unit)
    {
        double[] values = [.. hour.Select(of)];
        return new(word, values, values.Max()) { Summed = false, Unit = unit };
    }

    private static LoadMinute[] Together(IEnumerable<LoadMinute[]> hours)
    {
        var all = new LoadMinute[LoadSeries.Minutes];
        foreach (var hour in hours)
        {
            for (var i = 0; i < all.Length; i++)
            {
                all[i] = new(all[i].Count + hour[i].Count, all[i].Sum + hour[i].Sum, Math.Max(all[i].Max, hour[i].Max));
            }
        }

        return all;
    }
}
