namespace Turnstone.Server.Operations.Provisioning;

/// <summary>
/// One thing that was created or changed, with the secrets that were minted for it: this is the one time they can be
/// read.
/// </summary>
public sealed record ProvisioningChange(
    string Action,
    string Kind,
    string Name,
    string? Detail,
    IReadOnlyDictionary<string, string> Minted
);

/// <summary>What an apply did; empty when the store matched already.</summary>
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

    /// <summary>The text that was minted for something, if it was.</summary>
    public string? Minted(string kind, string label) =>
        changes
            .Where(change => change.Kind == kind)
            .Select(change => change.Minted.GetValueOrDefault(label))
            .FirstOrDefault(text => text is not null);

    private static Dictionary<string, string> Of(IEnumerable<(string Label, string? Text)> minted) =>
        minted.Where(pair => pair.Text is not null).ToDictionary(pair => pair.Label, pair => pair.Text!);
}
