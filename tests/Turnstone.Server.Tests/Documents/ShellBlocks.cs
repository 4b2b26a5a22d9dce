using System.Text.RegularExpressions;
using Turnstone.Testing;

namespace Turnstone.Server.Tests.Documents;

/// <summary>A fenced shell block of a document.</summary>
internal sealed record ShellBlock(string Document, string Text)
{
    public string FirstLine => Text.Split('\n')[0];
}

/// <summary>The shell blocks of the documents, and which of them no test can paste.</summary>
internal static partial class ShellBlocks
{
    private const string LongRunning = nameof(LongRunningBlocksTests);

    /// <summary>
    /// Document, the words that its block begins with, why it is not pasted like the others, and who looks after it.
    /// </summary>
    private static readonly (string Document, string Begins, string Reason, string Test)[] NotPasted =
    [
        ("README.md", "./turnstone  ", "runs until it is stopped", LongRunning),
        ("README.md", "deploy/publish", "takes minutes: the compiler is a stand-in", LongRunning),
        ("CONTRIBUTING.md", "./turnstone", "all the tests, within this test: their programs are there", LongRunning),
        ("docs/benchmarks.md", "bench/peers/install", "measures for an hour: its programs are there", LongRunning),
    ];

    /// <summary>Other classes paste these, each on a machine or in terminals that are made for it.</summary>
    private static readonly (string Document, string Test)[] Elsewhere =
    [
        ("docs/operations.md", nameof(Operations.OperationsPageTests)),
        ("docs/tutorials/first-api.md", nameof(FirstApiTests)),
        ("docs/tutorials/mcp.md", nameof(McpTutorialTests)),
    ];

    /// <summary>The languages of blocks that are nothing to paste into a shell.</summary>
    private static readonly string[] OtherLanguages = ["csharp", "ini", "js", "json", "python", "sql", "text", "yaml"];

    public static IReadOnlyList<ShellBlock> All { get; } =
    [.. Documents().SelectMany(Read).Where(block => Elsewhere.All(one => one.Document != block.Document))];

    /// <summary>The classes that see to the blocks which are not pasted.</summary>
    public static IEnumerable<string> Tests =>
        NotPasted.Select(one => one.Test).Concat(Elsewhere.Select(one => one.Test)).Distinct();

    /// <summary>
    /// The fences that nobody would paste though they may hold commands: without a language, of an unknown one, or
    /// indented.
    /// </summary>
    public static IEnumerable<string> Overlooked =>
        Documents()
            .SelectMany(document =>
                Fence()
                    .Matches(File.ReadAllText(Path.Combine(Repository.Root, document)))
                    .Where((fence, i) => i % 2 == 0)
                    .Where(fence =>
                        fence.Groups["before"].Length > 0
                        || !OtherLanguages.Append("sh").Contains(fence.Groups["language"].Value)
                    )
                    .Select(fence => $"{document}: {fence.Value}")
            );

    /// <summary>The only block of a document that begins so.</summary>
    public static string Single(string document, string begins) =>
        All.Single(block => block.Document == document && block.Text.StartsWith(begins, StringComparison.Ordinal)).Text;

    public static IEnumerable<ShellBlock> Pasted => All.Where(block => !NotPasted.Any(one => Matches(one, block)));

    /// <summary>The exceptions that are true of no block any more.</summary>
    public static IEnumerable<string> Stale =>
        NotPasted
            .Where(one => All.Count(block => Matches(one, block)) != 1)
            .Select(one => $"{one.Document}: {one.Begins}");

    private static bool Matches((string Document, string Begins, string Reason, string Test) one, ShellBlock block) =>
        one.Document == block.Document && block.Text.StartsWith(one.Begins, StringComparison.Ordinal);

    private static IEnumerable<string> Documents() =>
        System
            .IO.Directory.GetFiles(Repository.Root, "*.md")
            .Concat(
                System.IO.Directory.GetFiles(Path.Combine(Repository.Root, "docs"), "*.md", SearchOption.AllDirectories)
            )
            .Select(file => Path.GetRelativePath(Repository.Root, file))
            .Order(StringComparer.Ordinal);

    private static IEnumerable<ShellBlock> Read(string document) =>
        Block()
            .Matches(File.ReadAllText(Path.Combine(Repository.Root, document)))
            .Select(match => new ShellBlock(document, match.Groups["text"].Value));

    [GeneratedRegex(@"^(?<before>[ >]*)```(?<language>\w*)", RegexOptions.Multiline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"^```(sh|bash|shell|console)\n(?<text>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();
}
