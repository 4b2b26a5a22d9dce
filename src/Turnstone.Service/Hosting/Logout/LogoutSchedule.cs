using Turnstone.Server.Hosting.Outbound;
using Turnstone.Server.Hosting.Sending;

namespace Turnstone.Server.Hosting.Logout;

/// <summary>When clients are told of ended sessions.</summary>
public sealed record LogoutSchedule(params IReadOnlyList<TimeSpan> Waits) : SendSchedule(Waits)
{
    public static LogoutSchedule Usual { get; } = new(UsualWaits);

    public override TimeSpan Lease { get; init; } = OutboundHttp.Longest * 6;
}
