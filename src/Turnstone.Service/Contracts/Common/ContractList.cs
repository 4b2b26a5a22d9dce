namespace Turnstone.Server.Contracts.Common;

/// <summary>The contracts of a server, from the oldest to the newest.</summary>
public sealed class ContractList(params Contract[] contracts)
{
    public IReadOnlyList<Contract> All { get; } = contracts;

    /// <summary>A deprecated contract comes after its successor.</summary>
    public IEnumerable<Contract> SuccessorsFirst =>
        All.GroupBy(contract => contract.Family).SelectMany(family => family.OrderBy(contract => contract.Deprecated));

    /// <summary>The OpenAPI documents: one for each contract, and one of what serves them all.</summary>
    public IEnumerable<ApiDocument> Documents =>
        [.. SuccessorsFirst.Select(contract => contract.OpenApi), ApiDocument.OfEveryContract];

    /// <summary>The contracts that have clients, the newest first.</summary>
    public IEnumerable<Contract> WithClients => All.Where(contract => contract.Authorization is not null).Reverse();

    /// <summary>The contract that exchanges codes without a client; null where it is switched off.</summary>
    public Contract? ForUnboundCodes => All.FirstOrDefault(contract => contract.TakesUnboundCodes);

    /// <summary>The contract to move to from a deprecated one; null where it is switched off.</summary>
    public Contract? SuccessorOf(Contract deprecated)
    {
        ArgumentNullException.ThrowIfNull(deprecated);
        return All.LastOrDefault(contract => contract.Family == deprecated.Family && !contract.Deprecated);
    }

    /// <summary>
    /// The path of a contract by its name; the name where it is switched off, null where there is none.
    /// </summary>
    public string? PathOf(string? name) =>
        name is null ? null : All.FirstOrDefault(contract => contract.Name == name)?.Prefix ?? name;

    /// <summary>
    /// The same, and by a family the path that its contracts share: a code names it, and what else is of none.
    /// </summary>
    public string? PlaceOf(string? word)
    {
        var family = word?.Split(':')[0];
        var paths = All.Where(contract => contract.Family == family).Select(one => one.Prefix.Split('/')).ToList();
        return paths.Count == 0
            ? PathOf(word)
            : string.Join('/', paths[0].TakeWhile((part, i) => paths.All(path => path.ElementAtOrDefault(i) == part)));
    }

    /// <summary>The name of a contract by its path; any other text is taken for a name.</summary>
    public string? NameOf(string? path) => All.FirstOrDefault(contract => contract.Prefix == path)?.Name ?? path;

    /// <summary>
    /// A call as a shell command, from the first contract that has it; null where all of them are switched off.
    /// </summary>
    public T? Sample<T>(Func<ContractSamples, T?> choose)
        where T : class => All.Select(contract => choose(contract.Samples)).OfType<T>().FirstOrDefault();
}
