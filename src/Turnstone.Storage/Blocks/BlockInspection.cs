using System.Globalization;
using Turnstone.Audit;
using Turnstone.Storage.Engines;

namespace Turnstone.Storage.Blocks;

/// <summary>Compares the sealed log with what checkpoints say of it. Nothing secret is needed for it.</summary>
internal sealed class BlockInspection(Engine engine)
{
    internal const string OtherAgents = "The names of programs (audit_agents) are not those that a checkpoint states.";

    private readonly List<string> faults = [];
    private long entries;
    private long afterCheckpoint;

    public async Task<AuditInspection> RunAsync(
        AuditState state,
        IReadOnlyList<AuditState> published,
        CancellationToken cancellationToken
    )
    {
        foreach (var point in state.Chains)
        {
            await InspectAsync(
                point,
                [.. published.SelectMany(one => one.Chains.Where(chain => chain.Chain == point.Chain))],
                cancellationToken
            );
        }

        var agents = await engine.ReadAsync(AgentNumbers.ReadAsync, cancellationToken);
        foreach (var one in published.Append(state))
        {
            if (agents.Count < one.Agents || !agents.Hash(one.Agents).AsSpan().SequenceEqual(one.AgentsHash))
            {
                faults.Add(OtherAgents);
                break;
            }
        }

        var waiting = await engine.ReadAsync(db => db.NumberAsync("SELECT COUNT(*) FROM audit"), cancellationToken);
        return new AuditInspection(entries, waiting, afterCheckpoint, faults);
    }

    private async Task InspectAsync(ChainPoint signed, List<ChainPoint> published, CancellationToken cancellationToken)
    {
        var walk = new ChainWalk(signed, published, faults);
        await walk.RunAsync(engine, long.MaxValue, cancellationToken);
        entries += walk.Entries;
        afterCheckpoint += walk.AfterCheckpoint;
        await new IndexInspection(engine, faults).RunAsync(signed.Chain, cancellationToken);
    }

    /// <summary>Entries, as a sentence names them.</summary>
    internal static string Name(AuditChain chain, long first, long last) =>
        string.Create(CultureInfo.InvariantCulture, $"{Name(chain)} {first}{(last == first ? "" : $" to {last}")}");

    internal static string Removed(AuditChain chain, long first, long last) =>
        $"{Capital(Name(chain, first, last))}: removed.";

    internal static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];

    internal static string Name(AuditChain chain) => chain.ToString().ToLowerInvariant();
}
