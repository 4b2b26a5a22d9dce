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
    /// <summary>Document, the words that its block begins with, and why it is not pasted.</summary>
    private static readonly (string Document, string Begins, string Reason)[] NotPasted =
    [
        ("README.md", "./turnstone  ", "starts a server that runs until it is stopped; LaunchScriptTests starts it"),
        ("README.md", "deploy/publish", "takes minutes; tests/single-file/run does it"),
        ("CONTRIBUTING.md", "./turnstone", "starts a server, and all the tests within this test"),
        ("docs/benchmarks.md", "bench/peers/install", "installs programs and measures for minutes"),
    ];

    /// <summary>Other classes paste these, each on a machine or in terminals that are made for it.</summary>
    private static readonly string[] Elsewhere =
    [
        "docs/operations.md",
        "docs/tutorials/first-api.md",
        "docs/tutorials/mcp.md",
    ];

    public static IReadOnlyList<ShellBlock> All { get; } =
    [.. Documents().SelectMany(Read).Where(block => !Elsewhere.Contains(block.Document))];

    public static IEnumerable<ShellBlock> Pasted => All.Where(block => !NotPasted.Any(one => Matches(one, block)));

    /// <summary>The exceptions that are true of no block any more.</summary>
    public static IEnumerable<string> Stale =>
        NotPasted
            .Where(one => All.Count(block => Matches(one, block)) != 1)
            .Select(one => $"{one.Document}: {one.Begins}");

    private static bool Matches((string Document, string Begins, string Reason) one, ShellBlock block) =>
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

    [GeneratedRegex(@"^```(sh|bash|shell|console)\n(?<text>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();
}
