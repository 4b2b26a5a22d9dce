namespace Turnstone.Server.Operations.Provisioning;

/// <summary>One entry that was created or changed, with its generated secrets, which can be read only now.</summary>
public sealed record ProvisioningChange(
    string Action,
    string Kind,
    string Name,
    string? Detail,
    IReadOnlyDictionary<string, string> Minted
);

/// <summary>The changes of an apply; empty if the store already matched.</summary>
public sealed class ProvisioningReport
{
    private readonly List<ProvisioningChange> changes = [];

    public IReadOnlyList<ProvisioningChange> Changes => changes;

    public void Created(
        string kind,
        string name,
        string? detail = null,
        params IEnumerable<(string Label, string? Text)> minted
    ) => changes.Add(new("created", kind, name, detail, Of(minted)));

    public void Changed(
        string kind,
        string name,
        string detail,
        params IEnumerable<(string Label, string? Text)> minted
    ) => changes.Add(new("changed", kind, name, detail, Of(minted)));

    /// <summary>The generated secret, if any.</summary>
    public string? Minted(string kind, string label) =>
        changes
            .Where(change => change.Kind == kind)
            .Select(change => change.Minted.GetValueOrDefault(label))
            .FirstOrDefault(text => text is not null);

    private static Dictionary<string, string> Of(IEnumerable<(string Label, string? Text)> minted) =>
        minted.Where(pair => pair.Text is not null).ToDictionary(pair => pair.Label, pair => pair.Text!);
}
