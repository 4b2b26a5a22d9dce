namespace Turnstone.Administration;

/// <summary>For whom everything that opens sessions is to end.</summary>
public abstract record EndTarget
{
    private EndTarget() { }

    public sealed record OfAccounts(IReadOnlyList<Guid> Ids) : EndTarget;

    public sealed record OfClient(string Id) : EndTarget;

    /// <summary>Every subscription to a product.</summary>
    public sealed record OfProduct(Guid Id) : EndTarget;

    public sealed record OfEveryone : EndTarget;
}
