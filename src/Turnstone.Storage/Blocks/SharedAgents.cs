using Turnstone.Model;
using Turnstone.Storage.Engines;

namespace Turnstone.Storage.Blocks;

/// <summary>Finds out which names of programs several persons use, and gives them numbers.</summary>
internal sealed class SharedAgents(Engine engine)
{
    /// <summary>How many accounts have to use one.</summary>
    private const int Persons = 3;

    private const int MostCandidates = 1024;

    private readonly Dictionary<string, HashSet<Guid>> candidates = new(StringComparer.Ordinal);

    /// <summary>The numbers, with new ones for what these entries show to be shared.</summary>
    public async Task<AgentNumbers> LearnAsync(IReadOnlyList<AuditEntry> entries, CancellationToken cancellationToken)
    {
        var known = await engine.ReadAsync(AgentNumbers.ReadAsync, cancellationToken);
        List<string> shared = [];
        foreach (var entry in entries)
        {
            if (entry is { Caller.UserAgent: { } agent, AccountId: { } account } && known.Find(agent) is null)
            {
                Note(agent, account, shared);
            }
        }

        shared = [.. shared.Distinct(StringComparer.Ordinal).Take(AgentNumbers.Most - known.Count)];
        return shared.Count == 0 ? known : await AddAsync(known.Count, shared, cancellationToken);
    }

    private void Note(string agent, Guid account, List<string> shared)
    {
        if (!candidates.TryGetValue(agent, out var accounts))
        {
            if (candidates.Count == MostCandidates)
            {
                candidates.Clear();
            }

            candidates.Add(agent, accounts = []);
        }

        if (accounts.Count < Persons)
        {
            accounts.Add(account);
        }

        if (accounts.Count == Persons)
        {
            shared.Add(agent);
        }
    }

    // Numbers follow on each other; another process that adds at the same time takes the same ones, and is refused.
    private async Task<AgentNumbers> AddAsync(int known, List<string> shared, CancellationToken cancellationToken)
    {
        await engine.ChangeAsync(
            async db =>
            {
                await db.ExecuteManyAsync(
                    "INSERT INTO audit_agents (number, agent) VALUES ($1, $2)",
                    [.. shared.Select((agent, i) => new object?[] { known + i, agent })]
                );
                return Receipt.Committed;
            },
            cancellationToken
        );
        shared.ForEach(agent => candidates.Remove(agent));
        return await engine.ReadAsync(AgentNumbers.ReadAsync, cancellationToken);
    }
}
