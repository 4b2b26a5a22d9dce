namespace Turnstone.Server.Operations.Provisioning;

/// <summary>
/// The output of an apply: the changes, and each generated secret once. Given secrets are never shown.
/// </summary>
internal static class ProvisioningPage
{
    public static void Write(ProvisioningReport report, bool json)
    {
        if (json)
        {
            Output.WriteJson(new { changes = report.Changes });
            return;
        }

        if (report.Changes.Count == 0)
        {
            Console.WriteLine("Nothing to do: the store matches the file.");
            return;
        }

        Output.WriteTable(
            ["", "What", "Name", "Detail"],
            report.Changes.Select(change =>
                (IReadOnlyList<string>)[change.Action, change.Kind, change.Name, change.Detail ?? ""]
            )
        );
        WriteMinted(report);
    }

    /// <summary>To the console, not to the log, because logs are stored.</summary>
    public static void WriteMinted(ProvisioningReport report)
    {
        var minted = report.Changes.Where(change => change.Minted.Count > 0).ToList();
        if (minted.Count == 0)
        {
            return;
        }

        Console.WriteLine();
        Console.WriteLine("New secrets, shown this once:");
        foreach (var change in minted)
        {
            foreach (var (label, text) in change.Minted)
            {
                Console.WriteLine($"  {change.Kind} {change.Name}  {label}  {text}");
            }
        }
    }
}
