namespace Turnstone.Server.Reference;

/// <summary>An OpenAPI document: its name, and the title that a reader chooses it by.</summary>
public sealed record ReferenceDocument(string Name, string Title)
{
    public string Url => $"/openapi/{Name}.json";
}

/// <summary>What the reference shows, in the order of its list; the first is shown first.</summary>
public sealed record ReferenceDocuments(IReadOnlyList<ReferenceDocument> All)
{
    /// <summary>By name or title; the first when there is no such one.</summary>
    public ReferenceDocument Find(string? wanted) =>
        All.FirstOrDefault(document => document.Name == wanted || document.Title == wanted) ?? All[0];
}
