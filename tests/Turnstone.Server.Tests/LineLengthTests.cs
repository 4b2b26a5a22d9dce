using Turnstone.Testing;

namespace Turnstone.Server.Tests;

public sealed class LineLengthTests
{
    private const int LongestCode = 120;
    private const int LongestProse = 160;

    /// <summary>What the guides show is as wide as the reader's page, not as the editor.</summary>
    private const string Shown = "Portal/Guides/Samples";

    /// <summary>A migration that a store may have run is not touched any more.</summary>
    private const string Run = "Turnstone.Storage/Migrations";

    /// <summary>What a program writes.</summary>
    private static readonly string[] Made = ["obj", "bin", "node_modules", "published", "publish", "results"];

    [Theory]
    [InlineData("*.cs")]
    [InlineData("*.cshtml")]
    [InlineData("*.css")]
    [InlineData("*.js")]
    [InlineData("*.mjs")]
    [InlineData("*.py")]
    [InlineData("*.sh")]
    [InlineData("*.sql")]
    public void No_line_of_code_is_longer_than_120_columns(string files) =>
        Assert.Empty(
            Files(files)
                .Where(path => !path.Contains(Shown, StringComparison.Ordinal))
                .Where(path => !path.Contains(Run, StringComparison.Ordinal))
                .SelectMany(path => LongLines(path, Lines(path), LongestCode))
        );

    /// <summary>A command without an extension: <c>./test</c>, <c>bench/run</c> and the like.</summary>
    [Fact]
    public void No_line_of_a_script_is_longer_than_120_columns() =>
        Assert.Empty(
            Files("*")
                .Where(path => !Path.HasExtension(path) && Lines(path).FirstOrDefault() is ['#', '!', ..])
                .SelectMany(path => LongLines(path, Lines(path), LongestCode))
        );

    /// <summary>Tables are as wide as their rows, and a block of code may not bear a break.</summary>
    [Fact]
    public void No_line_of_prose_is_longer_than_160_columns() =>
        Assert.Empty(
            Files("*.md")
                .Where(path => path != "docs/configuration.md")
                .SelectMany(path => LongLines(path, Prose(Lines(path)), LongestProse))
        );

    private static IEnumerable<string> Files(string files) =>
        System
            .IO.Directory.EnumerateFiles(Repository.Root, files, SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Repository.Root, path))
            .Where(path =>
                !path.Split('/').Any(folder => Made.Contains(folder) || (folder.StartsWith('.') && folder.Length > 1))
            );

    private static IEnumerable<string> Lines(string path) => File.ReadLines(Path.Combine(Repository.Root, path));

    /// <summary>The lines with those of tables and of blocks of code emptied.</summary>
    private static IEnumerable<string> Prose(IEnumerable<string> lines)
    {
        var inBlock = false;
        foreach (var line in lines)
        {
            var text = line.TrimStart();
            inBlock ^= text.StartsWith("```", StringComparison.Ordinal);
            yield return inBlock || text.StartsWith('|') ? "" : line;
        }
    }

    private static IEnumerable<string> LongLines(string path, IEnumerable<string> lines, int longest) =>
        lines
            .Select((line, i) => (Text: line, Number: i + 1))
            .Where(line => line.Text.Length > longest)
            .Select(line => $"{path}:{line.Number}");
}
