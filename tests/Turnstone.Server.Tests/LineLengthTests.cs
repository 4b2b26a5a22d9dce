using Turnstone.Testing;

namespace Turnstone.Server.Tests;

public sealed class LineLengthTests
{
    private const int Longest = 120;

    /// <summary>What the guides show is as wide as the reader's page, not as the editor.</summary>
    private const string Shown = "Portal/Guides/Samples";

    [Theory]
    [InlineData("*.cs")]
    [InlineData("*.cshtml")]
    [InlineData("*.css")]
    [InlineData("*.js")]
    public void No_line_of_code_is_longer_than_120_columns(string files) =>
        Assert.Empty(
            System
                .IO.Directory.EnumerateFiles(Repository.Root, files, SearchOption.AllDirectories)
                .Select(path => Path.GetRelativePath(Repository.Root, path))
                .Where(path => !path.Split('/').Any(IsMade) && !path.Contains(Shown, StringComparison.Ordinal))
                .SelectMany(LongLines)
        );

    private static bool IsMade(string folder) => folder is "obj" or "bin" or "node_modules" or "published";

    private static IEnumerable<string> LongLines(string path) =>
        File.ReadLines(Path.Combine(Repository.Root, path))
            .Select((line, i) => (Text: line, Number: i + 1))
            .Where(line => line.Text.Length > Longest)
            .Select(line => $"{path}:{line.Number}");
}
