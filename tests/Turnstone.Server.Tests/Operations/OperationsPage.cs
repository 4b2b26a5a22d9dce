using System.Text.RegularExpressions;
using Turnstone.Testing;

namespace Turnstone.Server.Tests.Operations;

/// <summary>docs/operations.md, whose commands are run as they stand there.</summary>
internal static partial class OperationsPage
{
    /// <summary>A fenced block.</summary>
    /// <param name="Heading">The heading that it stands under.</param>
    /// <param name="Language">What stands behind the fence.</param>
    /// <param name="Text">Its lines.</param>
    public sealed record Fenced(string Heading, string Language, string Text);

    public static string Text { get; } = File.ReadAllText(Path.Combine(Repository.Root, "docs", "operations.md"));

    /// <summary>The page without its blocks.</summary>
    public static string Prose { get; } = Fence().Replace(Text, "");

    public static IReadOnlyList<Fenced> Blocks { get; } =
    [
        .. Fence()
            .Matches(Text)
            .Select(block => new Fenced(
                HeadingBefore(block.Index),
                block.Groups["language"].Value,
                block.Groups["text"].Value
            )),
    ];

    /// <summary>The shell block that contains these words.</summary>
    public static string Block(string words) => Single(words, "sh");

    public static string Single(string words, string language) =>
        Blocks.Single(block => block.Language == language && block.Text.Contains(words, StringComparison.Ordinal)).Text;

    /// <summary>The lines of the table under a heading, without its head.</summary>
    public static IReadOnlyList<string[]> Table(string heading) =>
        [
            .. Text[Text.IndexOf($"\n## {heading}\n", StringComparison.Ordinal)..]
                .Split('\n')
                .SkipWhile(line => !line.StartsWith('|'))
                .TakeWhile(line => line.StartsWith('|'))
                .Skip(2)
                .Select(line => line.Trim('|').Split('|', StringSplitOptions.TrimEntries)),
        ];

    /// <summary>What stands in backquotes.</summary>
    public static IEnumerable<string> Quoted(string text) =>
        BackQuotes().Matches(text).Select(quote => quote.Groups["text"].Value);

    private static string HeadingBefore(int place) =>
        Heading().Matches(Fence().Replace(Text[..place], "")).Last().Groups["text"].Value;

    [GeneratedRegex(@"^```(?<language>\w*)\n(?<text>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"^#+ (?<text>.*)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex("`(?<text>[^`\n]+)`")]
    private static partial Regex BackQuotes();
}
