using Turnstone.Nodes.Cluster;

namespace Turnstone.Nodes.Scenarios;

/// <summary>A scenario that anyone can run by its name.</summary>
internal sealed record Scenario(string Name, Func<Place, IAsyncEnumerable<Findings>> Run)
{
    public static IReadOnlyList<Scenario> All { get; } =
    [
        new("any-node", AnyNode.RunAsync),
        new("revocation", RevocationSeen.RunAsync),
        new("guards", ManyGuards.RunAsync),
        new("node-faults", NodeFaults.RunAsync),
        new("restart", DatabaseRestart.RunAsync),
        new("hang", DatabaseHang.RunAsync),
        new("failover", Failover.RunAsync),
        new("forgotten", ForgottenRevocations.RunAsync),
        new("two-primaries", TwoPrimaries.RunAsync),
        new("restore", RestoredCopy.RunAsync),
        new("rotation", Rotations.RunAsync),
        new("upgrade", RollingUpgrade.RunAsync),
        new("release", NextRelease.RunAsync),
        new("elections", Elections.RunAsync),
    ];
}
