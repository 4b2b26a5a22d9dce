namespace Turnstone.Server.Hosting.Sending;

/// <summary>When a sender looks for what waits, and when it tries again.</summary>
/// <param name="Waits">The wait after each failed try; what fails after the last is given up.</param>
public abstract record SendSchedule(IReadOnlyList<TimeSpan> Waits)
{
    protected static IReadOnlyList<TimeSpan> UsualWaits { get; } =
    [
        TimeSpan.FromSeconds(5),
        TimeSpan.FromSeconds(30),
        TimeSpan.FromMinutes(2),
        TimeSpan.FromMinutes(10),
        TimeSpan.FromMinutes(30),
    ];

    /// <summary>How often an idle worker looks.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long a claim holds. Two nodes would send the same if a conversation took longer, or if their clocks differed
    /// by more than the rest.
    /// </summary>
    public abstract TimeSpan Lease { get; init; }

    public bool GivesUp(int tries) => tries > Waits.Count;

    public TimeSpan WaitAfter(int tries) => Waits[Math.Min(tries, Waits.Count) - 1];
}
