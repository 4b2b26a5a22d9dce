using System.Text;

namespace Turnstone.Nodes;

/// <summary>One thing that had to hold.</summary>
/// <param name="What">In a sentence.</param>
/// <param name="Held">Whether it did.</param>
internal sealed record Check(string What, bool Held);

/// <summary>What a scenario did, what was measured and what had to hold.</summary>
internal sealed class Findings
{
    private readonly List<string> figures = [];
    private readonly List<Check> checks = [];

    public required string Scenario { get; init; }

    public required string Done { get; init; }

    public IReadOnlyList<string> Figures => figures;

    public IReadOnlyList<Check> Checks => checks;

    public bool Held => checks.TrueForAll(check => check.Held);

    public void Figure(string text) => figures.Add(text);

    public void Must(string what, bool held) => checks.Add(new Check(what, held));
}

/// <summary>The results as a table for a terminal and as Markdown.</summary>
internal static class Report
{
    public static string Text(Findings one)
    {
        var text = new StringBuilder();
        text.AppendLine($"{(one.Held ? "held        " : "DID NOT HOLD")}  {one.Scenario}");
        text.AppendLine($"              {one.Done}");
        foreach (var figure in one.Figures)
        {
            text.AppendLine($"              - {figure}");
        }

        foreach (var check in one.Checks)
        {
            text.AppendLine($"              {(check.Held ? "+" : "!")} {check.What}");
        }

        return text.ToString();
    }

    public static string Markdown(IReadOnlyList<Findings> all, string conditions)
    {
        var text = new StringBuilder();
        text.AppendLine("# Many nodes: what was done, and what held");
        text.AppendLine().AppendLine("Made by `bench/nodes --out FILE`, in one run of the scenarios.").AppendLine();
        text.AppendLine(conditions).AppendLine();
        text.AppendLine("| scenario | done | figures | had to hold |").AppendLine("|---|---|---|---|");
        foreach (var one in all)
        {
            var checks = string.Join(
                "<br>",
                one.Checks.Select(check => $"{(check.Held ? "held" : "**did not hold**")}: {check.What}")
            );
            text.AppendLine($"| {one.Scenario} | {one.Done} | {string.Join("<br>", one.Figures)} | {checks} |");
        }

        return text.ToString();
    }
}
