using Turnstone.Directory;
using Turnstone.Sessions;

namespace Turnstone.Grants;

/// <summary>The terms of all contracts, for the sessions that are refreshed through another than opened them.</summary>
public sealed class ContractTerms(IEnumerable<Terms> contracts)
{
    private readonly Dictionary<string, Terms[]> families = contracts
        .GroupBy(terms => terms.Contract)
        .Where(family => family.Count() > 1)
        .ToDictionary(family => family.Key, family => family.ToArray());

    /// <summary>
    /// The terms of each contract of a family with the client's own values; null where it has one contract.
    /// </summary>
    public IReadOnlyList<Terms>? FamilyOf(Terms terms, Client? client)
    {
        ArgumentNullException.ThrowIfNull(terms);
        return !families.TryGetValue(terms.Contract, out var family) ? null
            : client is null ? family
            : [.. family.Select(other => other.For(client))];
    }
}
