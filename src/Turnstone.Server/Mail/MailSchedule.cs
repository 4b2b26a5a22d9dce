using Turnstone.Server.Hosting.Sending;
using Turnstone.Storage;

namespace Turnstone.Server.Mail;

/// <summary>When letters are sent.</summary>
public sealed record MailSchedule(params IReadOnlyList<TimeSpan> Waits) : SendSchedule(Waits)
{
    public static MailSchedule Usual { get; } = new(UsualWaits);

    public override TimeSpan Lease { get; init; } = SmtpPost.Longest * 3;

    /// <summary>An older letter is not sent: most links in it have expired.</summary>
    public TimeSpan Oldest { get; init; } = new Retention().Letters;
}
