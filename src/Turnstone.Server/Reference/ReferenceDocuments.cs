using Turnstone.Server.Contracts.Common;

namespace Turnstone.Server.Reference;

/// <summary>An OpenAPI document: its name and its title in the list.</summary>
public sealed record ReferenceDocument(string Name, string Title)
{
    public string Url => $"/openapi/{Name}.json";
}

/// <summary>The documents of the reference, in the order of the list.</summary>
public sealed class ReferenceDocuments(ContractList contracts)
{
    public IReadOnlyList<ReferenceDocument> All { get; } =
    [.. contracts.SuccessorsFirst.Select(contract => new ReferenceDocument(contract.Document, contract.Title))];

    /// <summary>By name or title; the first if there is no match.</summary>
    public ReferenceDocument Find(string? wanted) =>
        All.FirstOrDefault(document => document.Name == wanted || document.Title == wanted) ?? All[0];
}
