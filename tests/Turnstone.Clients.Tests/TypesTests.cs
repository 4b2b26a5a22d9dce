using System.Text.RegularExpressions;

namespace Turnstone.Clients.Tests;

/// <summary>The types of the JavaScript client are written by hand, so they are held to what it exports.</summary>
public sealed partial class TypesTests
{
    private static string Source => Path.Combine(Repository.Root, "clients", "typescript", "src");

    [Theory]
    [InlineData("index.js", "index.d.ts")]
    [InlineData("node.js", "node.d.ts")]
    public async Task Every_export_has_its_type_and_every_class_among_the_types_is_exported(string module, string types)
    {
        var cancel = TestContext.Current.CancellationToken;
        var code = await File.ReadAllTextAsync(Path.Combine(Source, module), cancel);
        var declared = await File.ReadAllTextAsync(Path.Combine(Source, types), cancel);
        var exported = ExportedNames()
            .Matches(code)
            .SelectMany(one => one.Groups["names"].Value.Split(','))
            .Concat(ExportedClass().Matches(code).Select(one => one.Groups["name"].Value))
            .Select(name => name.Trim())
            .Where(name => name.Length > 0);
        Assert.Equal(
            exported.Order(StringComparer.Ordinal),
            ExportedClass().Matches(declared).Select(one => one.Groups["name"].Value).Order(StringComparer.Ordinal)
        );
    }

    [GeneratedRegex(@"export \{(?<names>[^}]*)\}")]
    private static partial Regex ExportedNames();

    [GeneratedRegex(@"export class (?<name>\w+)")]
    private static partial Regex ExportedClass();
}
