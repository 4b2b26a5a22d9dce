using Turnstone.Server.Contracts.Common;

namespace Turnstone.Server.Reference;

/// <summary>An OpenAPI document: its name, its title in the list, and its address.</summary>
public sealed record ReferenceDocument(string Name, string Title, string Url)
{
    /// <summary>Where its calls go, beside this server.</summary>
    public IReadOnlyList<string> Origins { get; init; } = [];
}

/// <summary>The documents of the reference, in the order of the list: the operator's own come first.</summary>
public sealed class ReferenceDocuments(ContractList contracts, OwnDocuments own)
{
    public IReadOnlyList<ReferenceDocument> All =>
        [
            .. own.All.Select(document => new ReferenceDocument(document.Name, document.Title, own.Url(document))
            {
                Origins = document.Origins,
            }),
            .. contracts.Documents.Select(document => new ReferenceDocument(
                document.Name,
                document.Title,
                $"/openapi/{document.Name}.json"
            )),
        ];

    /// <summary>By name or title; the first if there is no match.</summary>
    public ReferenceDocument Find(string? wanted) =>
        All.FirstOrDefault(document => document.Name == wanted || document.Title == wanted) ?? All[0];
}
