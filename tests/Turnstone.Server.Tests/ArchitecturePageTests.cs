using System.Text.RegularExpressions;
using Turnstone.Testing;

namespace Turnstone.Server.Tests;

/// <summary>
/// docs/architecture.md names files: they are there, and a refresh is not passed on by more than it says.
/// </summary>
public sealed partial class ArchitecturePageTests
{
    private const int MostFilesOfARefresh = 15;

    private static readonly string Page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "architecture.md"));

    [Fact]
    public void Every_file_that_a_walk_names_is_there()
    {
        var files = System
            .IO.Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), "*.cs", SearchOption.AllDirectories)
            .ToList();
        var walks = Page[
            Page.IndexOf("## How a refresh", StringComparison.Ordinal)..Page.IndexOf(
                "## Adding a grant",
                StringComparison.Ordinal
            )
        ];

        var named = FileName().Matches(walks).Select(match => match.Groups["file"].Value).Distinct().ToList();

        Assert.True(named.Count > 40, $"Only {named.Count} were found.");
        Assert.All(
            named,
            name =>
                Assert.True(
                    files.Exists(file => file.EndsWith($"{name}.cs", StringComparison.Ordinal)),
                    $"There is no {name}.cs."
                )
        );
    }

    [Fact]
    public void A_refresh_is_passed_on_by_at_most_fifteen_files()
    {
        var rows = RefreshRow().Matches(Page).Select(match => match.Groups["file"].Value).ToList();

        Assert.InRange(rows.Count, 10, MostFilesOfARefresh);
        Assert.Equal(rows.Count, rows.Distinct().Count());
    }

    // In backticks and beginning with a capital: a class, or a folder and a class.
    [GeneratedRegex(@"`(?<file>([A-Z][A-Za-z0-9]*/)*[A-Z][A-Za-z0-9]+(\.cshtml)?)(\.cs)?`")]
    private static partial Regex FileName();

    [GeneratedRegex(@"^\| \d+ \| `(?<file>[^`]+)` \|", RegexOptions.Multiline)]
    private static partial Regex RefreshRow();
}
