using Turnstone.Server.Hosting.Outbound;

namespace Turnstone.Server.Portal.Logout;

/// <summary>When the sender looks for notices, and when it tries one again.</summary>
/// <param name="Waits">The wait after each failed try; a notice that fails after the last is given up.</param>
public sealed record LogoutSchedule(params IReadOnlyList<TimeSpan> Waits)
{
    public static LogoutSchedule Usual { get; } =
        new(
            TimeSpan.FromSeconds(5),
            TimeSpan.FromSeconds(30),
            TimeSpan.FromMinutes(2),
            TimeSpan.FromMinutes(10),
            TimeSpan.FromMinutes(30)
        );

    /// <summary>How often an idle worker looks for a notice.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a claim holds.</summary>
    public TimeSpan Lease { get; init; } = OutboundHttp.Longest * 6;
}
