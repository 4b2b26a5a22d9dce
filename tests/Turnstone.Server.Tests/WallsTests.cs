using System.Text.RegularExpressions;

namespace Turnstone.Server.Tests;

/// <summary>The walls of the house, read off the sources: who may name whom.</summary>
public sealed partial class WallsTests
{
    private static readonly string Root = FindRoot();

    public static TheoryData<string> Contracts =>
        new(
            System
                .IO.Directory.GetDirectories(Path.Combine(Root, "src/Turnstone.Server/Contracts"))
                .Select(folder => Path.GetFileName(folder))
                .Where(name => name != "Common")
        );

    [Theory]
    [MemberData(nameof(Contracts))]
    public void A_contract_names_no_other_contract(string contract)
    {
        var others = Contracts.Select(row => row.Data).Where(name => name != contract);
        foreach (var file in Sources($"src/Turnstone.Server/Contracts/{contract}"))
        {
            Assert.DoesNotContain(
                others,
                other => File.ReadAllText(file).Contains($"Contracts.{other}", StringComparison.Ordinal)
            );
        }
    }

    [Theory]
    [MemberData(nameof(Contracts))]
    public void A_contract_is_named_by_one_file_outside_itself(string contract)
    {
        var inside = Path.Combine(Root, "src/Turnstone.Server/Contracts", contract) + Path.DirectorySeparatorChar;
        var naming = Sources("src/Turnstone.Server")
            .Where(file =>
                !file.StartsWith(inside, StringComparison.Ordinal)
                && File.ReadAllText(file).Contains($"Server.Contracts.{contract};", StringComparison.Ordinal)
            );
        Assert.Single(naming);
    }

    [Fact]
    public void What_the_contracts_share_names_no_contract() =>
        AssertNone("src/Turnstone.Server/Contracts/Common", ContractName());

    [Fact]
    public void The_core_knows_neither_the_web_nor_a_database() => AssertNone("src/Turnstone", WebOrDatabase());

    [Fact]
    public void The_core_refers_to_no_project_and_no_package() =>
        Assert.DoesNotMatch(
            @"<(ProjectReference|PackageReference|FrameworkReference)",
            File.ReadAllText(Path.Combine(Root, "src/Turnstone/Turnstone.csproj"))
        );

    [Fact]
    public void The_storage_knows_the_core_and_not_the_server() => AssertNone("src/Turnstone.Storage", ServerName());

    private static void AssertNone(string folder, Regex forbidden)
    {
        var files = Sources(folder).ToList();
        Assert.NotEmpty(files);
        Assert.DoesNotContain(files, file => forbidden.IsMatch(File.ReadAllText(file)));
    }

    private static IEnumerable<string> Sources(string folder) =>
        System
            .IO.Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories)
            .Where(file =>
                !file.Contains(
                    $"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}",
                    StringComparison.Ordinal
                )
            );

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Turnstone.slnx")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("The tests run inside the repository.");
        }

        return folder.FullName;
    }

    [GeneratedRegex(@"Contracts\.(AuthV1|AuthV2|OAuthV1|SessionV3|OAuth2)\b")]
    private static partial Regex ContractName();

    [GeneratedRegex(@"\b(Microsoft\.AspNetCore|Microsoft\.Data|Npgsql|System\.Data|HttpContext|StatusCodes)\b")]
    private static partial Regex WebOrDatabase();

    [GeneratedRegex(@"\b(Turnstone\.Server|Microsoft\.AspNetCore)\b")]
    private static partial Regex ServerName();
}
