using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Turnstone.Bench.Work;

namespace Turnstone.Bench.Report;

/// <summary>The lines of all rounds put together, as text and as Markdown.</summary>
internal sealed class Table(IReadOnlyList<Line> lines, Arguments arguments)
{
    /// <summary>A line of the table: the mean of the rounds.</summary>
    public sealed record Row(
        string Work,
        string Subject,
        double PerSecond,
        double Ratio,
        double Trend,
        double P50,
        double P99,
        double P999,
        double Cpu,
        double? Allocated,
        double Written,
        double DiskWrites,
        double? Wal,
        long Errors
    );

    public IReadOnlyList<Row> Rows { get; } =
    [
        .. lines
            .GroupBy(line => (line.Case.Work, line.Case.Subject))
            .Select(group => new Row(
                group.Key.Work,
                group.Key.Subject,
                group.Average(l => l.Result.PerSecond),
                group.Average(l => l.Ratio),
                group.Average(l => l.Result.Trend),
                group.Average(l => l.Milliseconds(0.5)),
                group.Average(l => l.Milliseconds(0.99)),
                group.Average(l => l.Milliseconds(0.999)),
                group.Average(l => l.CpuMicroseconds),
                group.Average(l => l.Allocated),
                group.Average(l => l.Written),
                group.Average(l => l.DiskWrites),
                group.Average(l => l.WalBytes),
                group.Sum(l => l.Result.Failed)
            )),
    ];

    public string Markdown()
    {
        var text = new StringBuilder();
        text.AppendLine(Conditions()).AppendLine();
        text.AppendLine(
            "| work | on | per second | × floor | last third | p50 ms | p99 ms | p99.9 ms | CPU µs | allocated B "
                + "| written B | disk writes | WAL B | errors |"
        );
        text.AppendLine("|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|");
        foreach (var r in Rows)
        {
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"| {r.Work} | {r.Subject} | {r.PerSecond:N0} | {r.Ratio:0.00} | {r.Trend:0.00} | {r.P50:0.00} "
                    + $"| {r.P99:0.00} | {r.P999:0.00} | {r.Cpu:N0} | {Number(r.Allocated)} | {r.Written:N0} "
                    + $"| {r.DiskWrites:0.000} | {Number(r.Wal)} | {r.Errors} |"
            );
        }

        return text.AppendLine().Append(Verdicts()).ToString();
    }

    /// <summary>What had to be reached, and what was.</summary>
    public string Verdicts()
    {
        var text = new StringBuilder().AppendLine("| what | reached | wanted | |").AppendLine("|---|--:|--:|---|");
        foreach (var (what, reached, wanted) in Targets.Of(Rows))
        {
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"| {what} | {reached:0.00} | {wanted:0.00} | {(reached >= wanted ? "reached" : "falls short")} |"
            );
        }

        return text.ToString();
    }

    private string Conditions() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{TimeProvider.System.GetUtcNow():d MMMM yyyy}; {Environment.ProcessorCount} cores ({Cpu()}), "
                + $"the load generator beside the "
                + $"servers; {RuntimeInformation.OSDescription}; {RuntimeInformation.FrameworkDescription}; "
                + $"{arguments.Connections} connections, {arguments.Rounds} rounds "
                + $"of {arguments.Length.TotalSeconds:0.#} s in turn; PostgreSQL on the same machine with fsync, "
                + $"full_page_writes and synchronous_commit "
                + $"on, {string.Join(", ", Subjects.Postgres.Settings.Take(3))}; SQLite with synchronous=FULL."
        );

    private static string Cpu() =>
        File.ReadLines("/proc/cpuinfo")
            .FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))
            ?.Split(':')[1]
            .Trim()
        ?? "unknown";

    private static string Number(double? value) =>
        value is { } number ? number.ToString("N0", CultureInfo.InvariantCulture) : "";
}
