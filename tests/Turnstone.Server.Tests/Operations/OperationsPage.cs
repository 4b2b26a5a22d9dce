using System.Text.RegularExpressions;

namespace Turnstone.Server.Tests.Operations;

/// <summary>docs/operations.md, whose commands are run as they stand there.</summary>
internal static partial class OperationsPage
{
    /// <summary>The shell block that contains these words.</summary>
    public static string Block(string words) =>
        ShellBlock()
            .Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs", "operations.md")))
            .Select(block => block.Groups["text"].Value)
            .Single(text => text.Contains(words, StringComparison.Ordinal));

    [GeneratedRegex(@"^```sh\n(?<text>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex ShellBlock();
}
