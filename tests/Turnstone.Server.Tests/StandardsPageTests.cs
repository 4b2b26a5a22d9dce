using System.Text.RegularExpressions;
using Turnstone.Testing;

namespace Turnstone.Server.Tests;

/// <summary>docs/standards.md names the test of each requirement: it is there.</summary>
public sealed partial class StandardsPageTests
{
    [Fact]
    public void Every_test_that_the_page_names_is_there()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "standards.md"));
        var sources = System
            .IO.Directory.EnumerateFiles(
                Path.Combine(Repository.Root, "tests"),
                "*Tests.cs",
                SearchOption.AllDirectories
            )
            .ToLookup(path => Path.GetFileNameWithoutExtension(path), File.ReadAllText);
        var named = TestName().Matches(page).Select(match => (match.Groups[1].Value, match.Groups[2].Value)).ToList();

        Assert.NotEmpty(named);
        Assert.All(
            named.Distinct(),
            test =>
                Assert.True(
                    sources[test.Item1].Any(source => source.Contains($" {test.Item2}(", StringComparison.Ordinal)),
                    $"There is no {test.Item1}.{test.Item2}."
                )
        );
    }

    [GeneratedRegex(@"`(\w+Tests)\.(\w+)`")]
    private static partial Regex TestName();
}
