namespace Turnstone.Server.Operations.Provisioning;

/// <summary>
/// The output of an apply: the changes, and each generated secret once. Given secrets are never shown.
/// </summary>
internal static class ProvisioningPage
{
    public static void Write(ProvisioningReport report, Output output, bool json)
    {
        if (json)
        {
            output.WriteJson(new { changes = report.Changes });
            return;
        }

        if (report.Changes.Count == 0)
        {
            output.WriteLine("Nothing to do: the store matches the file.");
            return;
        }

        output.WriteTable(
            ["", "What", "Name", "Detail"],
            report.Changes.Select(change =>
                (IReadOnlyList<string>)[change.Action, change.Kind, change.Name, change.Detail ?? ""]
            )
        );
        WriteMinted(report, output);
    }

    /// <summary>To the console, not to the log, because logs are stored.</summary>
    public static void WriteMinted(ProvisioningReport report, Output output)
    {
        var minted = report.Changes.Where(change => change.Minted.Count > 0).ToList();
        if (minted.Count == 0)
        {
            return;
        }

        output.WriteLine();
        output.WriteLine("New secrets, shown this once:");
        foreach (var change in minted)
        {
            foreach (var (label, text) in change.Minted)
            {
                output.WriteLine($"  {change.Kind} {change.Name}  {label}  {text}");
            }
        }
    }
}
