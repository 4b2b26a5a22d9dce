using Turnstone.Audit;
using Turnstone.Storage.Engines;
using Turnstone.Storage.Indexes;

namespace Turnstone.Storage.Blocks;

/// <summary>
/// Goes from a signed state over what was sealed since, so that nothing is signed only because the store says it.
/// </summary>
internal sealed class BlockAdvance(Engine engine, AuditState signed)
{
    private readonly List<string> faults = [];

    /// <param name="before">What is older than this of a chain need not be kept.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<AuditAdvance> RunAsync(
        Func<AuditChain, DateTimeOffset> before,
        CancellationToken cancellationToken
    )
    {
        var heads = await engine.ReadAsync(ChainHead.ReadAsync, cancellationToken);
        List<ChainPoint> points = [];
        foreach (var point in signed.Chains)
        {
            var head = heads.Find(one => one.Chain == point.Chain)!;
            var beginning = await BeginningAsync(point, head, before(point.Chain), cancellationToken);
            var end = await EndAsync(point, head, cancellationToken);
            points.Add(beginning with { Next = end.Next, Hash = end.Hash });
        }

        var (agents, hash) = await AgentsAsync(cancellationToken);
        return new AuditAdvance(new AuditState(points, agents, hash), faults);
    }

    // Only what this node need not keep either: or else whoever writes in the database could have a beginning removed.
    private async Task<ChainPoint> BeginningAsync(
        ChainPoint point,
        ChainHead head,
        DateTimeOffset before,
        CancellationToken cancellationToken
    )
    {
        var oldest = IndexIds.Lowest(before);
        if (
            head.First <= point.First
            || await engine.ReadAsync(db => Block.BeforeAsync(db, head.Chain, head.First), cancellationToken)
                is { } last
                && last.Highest.CompareTo(oldest) >= 0
        )
        {
            return point;
        }

        var walk = new ChainWalk(point with { Next = point.First, Hash = point.Base }, [], faults);
        await walk.RunAsync(engine, head.First, cancellationToken);
        if (walk.Next != head.First || !Same(walk.Hash, head.Base))
        {
            faults.Add($"What the store says of the beginning of {Name(head)} (audit_chains) is not so.");
        }

        return walk.Highest.CompareTo(oldest) < 0 ? point with { First = head.First, Base = head.Base } : point;
    }

    private async Task<(long Next, byte[] Hash)> EndAsync(
        ChainPoint point,
        ChainHead head,
        CancellationToken cancellationToken
    )
    {
        var last = await engine.ReadAsync(db => Block.LastAsync(db, point.Chain), cancellationToken);
        if (head.Next == point.Next && Same(head.Hash, point.Hash) && !(last?.Next > head.Next))
        {
            return (point.Next, point.Hash);
        }

        if (head.Next < point.Next)
        {
            faults.Add(BlockInspection.Removed(head.Chain, head.Next, point.Next - 1));
            return (point.Next, point.Hash);
        }

        var (first, start) = await engine.ReadAsync(db => StartAsync(db, point), cancellationToken);
        var walk = new ChainWalk(point with { First = first, Base = start }, [], faults);
        await walk.RunAsync(engine, long.MaxValue, cancellationToken);
        if (walk.Next < head.Next || (walk.Next == head.Next && !Same(walk.Hash, head.Hash)))
        {
            faults.Add($"What the store says of the end of {Name(head)} (audit_chains) is not so.");
        }

        return (walk.Next, walk.Hash);
    }

    // A block with the last signed entry may have later ones too: then it is gone over from its beginning. That the
    // hash before it is the right one shows where the walk meets the signed one.
    private static async Task<(long First, byte[] Hash)> StartAsync(Db db, ChainPoint point) =>
        await Block.BeforeAsync(db, point.Chain, point.Next) is not { } block || block.Next <= point.Next
            ? (point.Next, point.Hash)
        : block.First == point.First ? (point.First, point.Base)
        : (block.First, (await Block.BeforeAsync(db, point.Chain, block.First))?.Hash ?? point.Base);

    private async Task<(int Count, byte[] Hash)> AgentsAsync(CancellationToken cancellationToken)
    {
        var count = await engine.ReadAsync(
            db => db.NumberAsync("SELECT COUNT(*) FROM audit_agents"),
            cancellationToken
        );
        if (count == signed.Agents)
        {
            return (signed.Agents, signed.AgentsHash);
        }

        var agents = await engine.ReadAsync(AgentNumbers.ReadAsync, cancellationToken);
        if (agents.Count < signed.Agents || !Same(agents.Hash(signed.Agents), signed.AgentsHash))
        {
            faults.Add(BlockInspection.OtherAgents);
        }

        return (agents.Count, agents.Hash(agents.Count));
    }

    private static string Name(ChainHead head) => BlockInspection.Name(head.Chain);

    private static bool Same(byte[] one, byte[] other) => one.AsSpan().SequenceEqual(other);
}
