using Turnstone.Storage;

namespace Turnstone.Server.Mail;

/// <summary>When the sender looks for letters, and when it retries one.</summary>
/// <param name="Waits">The wait after each failed try; a letter that fails after the last is given up.</param>
public sealed record MailSchedule(params IReadOnlyList<TimeSpan> Waits)
{
    public static MailSchedule Usual { get; } =
        new(
            TimeSpan.FromSeconds(5),
            TimeSpan.FromSeconds(30),
            TimeSpan.FromMinutes(2),
            TimeSpan.FromMinutes(10),
            TimeSpan.FromMinutes(30)
        );

    /// <summary>How often an idle worker looks for a letter.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long a claim holds. Two nodes would send the same letter if a conversation took longer, or if their clocks
    /// differed by more than the rest.
    /// </summary>
    public TimeSpan Lease { get; init; } = SmtpPost.Longest * 3;

    /// <summary>An older letter is not sent: most links in it have expired.</summary>
    public TimeSpan Oldest { get; init; } = new Retention().Letters;
}
