using System.Text.RegularExpressions;
using Turnstone.Server.Contracts.Common;
using Turnstone.Server.Tests.Contracts;
using Turnstone.Testing;

namespace Turnstone.Server.Tests;

/// <summary>
/// No source names a contract outside of its folder; it asks the descriptors instead. Comments may, and so may the
/// translated words of the pages (resx), which are prose.
/// </summary>
public sealed class ContractNamesTests
{
    private static readonly string[] Kinds = [".cs", ".cshtml", ".js"];

    /// <summary>Where a line may, if it contains this text, and why.</summary>
    private static readonly (string Place, string Text, string Reason)[] Exceptions =
    [
        ("Turnstone.Service/Contracts/AllContracts.cs", "", "The list itself: a line for each."),
        (
            "Turnstone.Service/Contracts/Common/AuthShapes/AuthFamily.cs",
            "Name = ",
            "The family that two contracts share."
        ),
        ("Turnstone.Server/Portal/Guides/Texts/", "", "A guide is written for the users of a contract."),
        ("Turnstone.Server/Portal/Guides/Samples/", "", "A guide shows it as a program of its own."),
        ("Turnstone.Cli/Profiles/ContractFacts.cs", "", "Clients know the contracts as data; this is theirs."),
        ("Turnstone.Server/Portal/Trust/TrustSnippet.cs", "169.254.169.254", "The address of somebody else's service."),
        (
            "Turnstone.Service/Settings/ContractSettings.cs",
            "except in SessionV3",
            "A sentence for operators, which docs/configuration.md has for every contract."
        ),
        (
            "Turnstone.Service/Settings/LimitsSettings.cs",
            "(contract `/v3`)",
            "A sentence for operators: only one contract takes API keys."
        ),
    ];

    public static TheoryData<string> Names => new(AllContracts.List.All.Select(contract => contract.Name));

    [Theory]
    [MemberData(nameof(Names))]
    public void A_contract_is_named_in_its_own_folder_only(string name)
    {
        var contract = AllContracts.List.All.Single(one => one.Name == name);
        Assert.Empty(Lines(contract).Where(line => !Exceptions.Any(one => Allows(one, line))).Select(Shown));
    }

    [Fact]
    public void Every_exception_is_needed()
    {
        var lines = AllContracts.List.All.SelectMany(Lines).ToList();
        Assert.All(Exceptions, exception => Assert.Contains(lines, line => Allows(exception, line)));
    }

    private static IEnumerable<SourceLine> Lines(Contract contract)
    {
        var pattern = new Regex(
            $"""\b{contract.Name}\b|{contract.Prefix}\b|["':]({contract.Family}|{contract.Document})["':]""",
            RegexOptions.None,
            TimeSpan.FromSeconds(10)
        );
        var own = $"Turnstone.Service/Contracts/{contract.Name}/";
        return Sources
            .Where(line => !line.Path.StartsWith(own, StringComparison.Ordinal))
            .Where(line => pattern.IsMatch(line.Text));
    }

    private static IEnumerable<SourceLine> Sources =>
        from path in System.IO.Directory.EnumerateFiles(Root, "*", SearchOption.AllDirectories)
        where Kinds.Contains(Path.GetExtension(path))
        let relative = Path.GetRelativePath(Root, path)
        where !relative.Split('/').Any(folder => folder is "obj" or "bin")
        from line in File.ReadLines(path).Select((text, i) => new SourceLine(relative, i + 1, text.Trim()))
        where !line.Text.StartsWith("//", StringComparison.Ordinal)
        select line;

    private static string Root => Path.Combine(Repository.Root, "src");

    private static bool Allows((string Place, string Text, string Reason) exception, SourceLine line) =>
        line.Path.StartsWith(exception.Place, StringComparison.Ordinal)
        && line.Text.Contains(exception.Text, StringComparison.Ordinal);

    private static string Shown(SourceLine line) => $"{line.Path}:{line.Number} {line.Text}";

    private sealed record SourceLine(string Path, int Number, string Text);
}
