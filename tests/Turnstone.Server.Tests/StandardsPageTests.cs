using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Turnstone.Server.Tests.Contracts;
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

    [Fact]
    public async Task The_table_of_the_metadata_has_each_of_their_values_and_no_other()
    {
        await using var server = await Wire.StartAsync();
        using var answer = await server.GetAsync("/.well-known/oauth-authorization-server");
        var metadata = await answer.BodyAsync();
        var advertised = metadata.SelectMany(member => Values(member.Value!).Select(value => $"{member.Key} {value}"));
        var page = await File.ReadAllTextAsync(
            Path.Combine(Repository.Root, "docs", "standards.md"),
            TestContext.Current.CancellationToken
        );
        var table = page.Split("## What the metadata advertise")[1].Split("\n## ")[0];
        var listed = Row()
            .Matches(table)
            .SelectMany(row =>
                Value()
                    .Matches(row.Groups["values"].Value)
                    .Select(value => value.Groups[1].Value)
                    .DefaultIfEmpty("")
                    .Select(value => $"{row.Groups["member"].Value} {value}")
            );

        Assert.Equal(advertised.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    /// <summary>What a member says; an address is only there or not.</summary>
    private static IEnumerable<string> Values(JsonNode member) =>
        member is JsonArray all ? all.Select(value => (string)value!)
        : member.GetValueKind() is JsonValueKind.String ? [""]
        : [member.ToJsonString()];

    [GeneratedRegex(@"^\| `(?<member>\w+)` \| (?<values>.*?) ?\| `\w+Tests\.\w+` \|$", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"`([^`]+)`")]
    private static partial Regex Value();

    [GeneratedRegex(@"`(\w+Tests)\.(\w+)`")]
    private static partial Regex TestName();
}
