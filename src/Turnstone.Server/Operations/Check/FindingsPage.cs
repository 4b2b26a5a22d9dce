namespace Turnstone.Server.Operations.Check;

/// <summary>The findings as lines for people or as JSON, and the exit code that says the worst of them.</summary>
internal static class FindingsPage
{
    public static int Write(Output output, IReadOnlyList<Finding> findings, bool json)
    {
        var worst = findings.Count > 0 ? findings.Max(finding => finding.State) : FindingState.Ok;
        if (json)
        {
            output.WriteJson(
                new
                {
                    result = Word(worst),
                    checks = findings.Select(finding => new
                    {
                        finding.Area,
                        state = Word(finding.State),
                        finding.Sentence,
                        finding.Todo,
                    }),
                }
            );
            return CodeOf(findings);
        }

        var width = findings.Max(finding => finding.Area.Length);
        foreach (var finding in findings)
        {
            output.WriteLine($"{Word(finding.State), -7}  {finding.Area.PadRight(width)}  {finding.Sentence}");
            if (finding.Todo is { } todo)
            {
                output.WriteLine($"{"", -7}  {"".PadRight(width)}  -> {todo}");
            }
        }

        output.WriteLine();
        output.WriteLine(
            $"{findings.Count(finding => finding.State is FindingState.Failed)} failed, "
                + $"{findings.Count(finding => finding.State is FindingState.Warning)} warnings, "
                + $"{findings.Count(finding => finding.State is FindingState.Ok)} ok. Nothing was changed."
        );
        return CodeOf(findings);
    }

    /// <summary>The code that a start would end with; 1 for what would not keep it from starting.</summary>
    private static int CodeOf(IReadOnlyList<Finding> findings)
    {
        var failed = findings
            .Where(finding => finding.State is FindingState.Failed)
            .Select(finding => finding.Area)
            .ToHashSet(StringComparer.Ordinal);
        return failed.Count == 0 ? ExitCode.Done
            : failed.Contains(SettingsInspection.Name) || failed.Contains(KeyInspection.Name) ? ExitCode.BadSettings
            : failed.Contains(DatabaseInspection.Name) ? ExitCode.StoreUnavailable
            : ExitCode.Failed;
    }

    private static string Word(FindingState state) =>
        state switch
        {
            FindingState.Ok => "ok",
            FindingState.Warning => "warning",
            _ => "failed",
        };
}
