using System.Reflection;
using NetArchTest.Rules;
using Turnstone.Model;
using Turnstone.Server.Hosting;
using Turnstone.Server.Tests.CommandLine;
using Turnstone.Storage;

namespace Turnstone.Server.Tests;

/// <summary>
/// The walls of the house, read off the compiled types: who may use whom. The order of the core's own folders is in
/// <c>FolderOrderTests</c>.
/// </summary>
public sealed class WallsTests
{
    private const string Folder = "Turnstone.Server.Contracts.";
    private const string Common = "Common";
    private const string Engines = "Turnstone.Storage";

    private static readonly Assembly Core = typeof(SessionId).Assembly;
    private static readonly Assembly Storage = typeof(Store).Assembly;
    private static readonly Assembly Service = typeof(ServerHost).Assembly;
    private static readonly Assembly Server = typeof(Composition).Assembly;
    private static readonly Assembly Cli = Assembly.LoadFrom(CliHome.Program + ".dll");

    // Each knows those before it.
    private static readonly string[] CliOrder = ["Output", "Issuer", "Profiles", "Login", "Doctor", "Commands"];

    public static TheoryData<string> Contracts => new(All.Where(name => name != Common));

    public static TheoryData<string> CliFolders => new(CliOrder[..^1]);

    private static IEnumerable<string> All =>
        Service
            .GetTypes()
            .Where(type => type.Namespace?.StartsWith(Folder, StringComparison.Ordinal) ?? false)
            .Select(type => type.Namespace![Folder.Length..].Split('.')[0])
            .Distinct();

    [Theory]
    [MemberData(nameof(Contracts))]
    public void A_contract_uses_no_other_contract(string contract) => AssertUsesNoContractBut(contract, Common);

    [Fact]
    public void What_the_contracts_share_uses_no_contract() => AssertUsesNoContractBut(Common);

    [Theory]
    [MemberData(nameof(Contracts))]
    public void A_contract_is_used_by_one_type_outside_itself(string contract) =>
        Assert.Equal(
            ["Turnstone.Server.Contracts.AllContracts"],
            Types
                .InAssemblies([Service, Server])
                .That()
                .DoNotResideInNamespaceStartingWith(Folder + contract)
                .And()
                .HaveDependencyOn(Folder + contract)
                .GetTypes()
                .Select(type => type.FullName)
        );

    [Fact]
    public void The_core_knows_neither_the_web_nor_a_database() =>
        AssertUsesNone(Core, "Microsoft.AspNetCore", "Microsoft.Data", "Npgsql", "System.Data");

    [Fact]
    public void The_core_refers_to_no_project_and_no_package() =>
        Assert.All(
            Core.GetReferencedAssemblies(),
            reference => Assert.StartsWith("System.", reference.Name, StringComparison.Ordinal)
        );

    [Fact]
    public void The_storage_knows_the_core_and_not_the_server() =>
        AssertUsesNone(Storage, "Turnstone.Server", "Microsoft.AspNetCore");

    [Theory]
    [InlineData("Sqlite", "Postgres")]
    [InlineData("Postgres", "Sqlite")]
    public void A_storage_engine_does_not_know_the_other(string engine, string other) =>
        AssertNone(
            Types.InAssembly(Storage).That().ResideInNamespaceStartingWith($"{Engines}.{engine}"),
            [$"{Engines}.{other}"]
        );

    [Fact]
    public void One_type_names_the_storage_engines() =>
        Assert.Equal(
            ["Turnstone.Storage.Store"],
            Types
                .InAssembly(Storage)
                .That()
                .DoNotResideInNamespaceStartingWith($"{Engines}.Sqlite")
                .And()
                .DoNotResideInNamespaceStartingWith($"{Engines}.Postgres")
                .And()
                .HaveDependencyOnAny($"{Engines}.Sqlite", $"{Engines}.Postgres")
                .GetTypes()
                .Where(type => !type.Name.Contains('<', StringComparison.Ordinal))
                .Select(type => type.FullName)
        );

    /// <summary>So that it can be compiled ahead of time, and is small (docs/adr/0057).</summary>
    [Fact]
    public void What_answers_programs_knows_neither_pages_nor_letters_nor_commands() =>
        AssertUsesNone(
            Service,
            "Turnstone.Server.Portal",
            "Turnstone.Server.Accounts",
            "Turnstone.Server.Mail",
            "Turnstone.Server.Reference",
            "Microsoft.AspNetCore.Mvc",
            "Microsoft.AspNetCore.Razor",
            "Microsoft.AspNetCore.Identity",
            "MailKit",
            "System.CommandLine"
        );

    [Fact]
    public void The_whole_server_has_no_contract_of_its_own() =>
        Assert.DoesNotContain(
            Server.GetTypes(),
            type => type.Namespace?.StartsWith(Folder, StringComparison.Ordinal) ?? false
        );

    /// <summary>It knows the server as any client does: by what is published.</summary>
    [Fact]
    public void The_command_line_of_customers_refers_to_the_client_and_to_nothing_of_the_server() =>
        Assert.All(
            Cli.GetReferencedAssemblies(),
            reference => Assert.Matches(@"^(System\.|Microsoft\.Win32\.|Turnstone\.Client$)", reference.Name)
        );

    [Theory]
    [MemberData(nameof(CliFolders))]
    public void A_folder_of_the_command_line_knows_none_above_it(string folder) =>
        AssertNone(
            Types.InAssembly(Cli).That().ResideInNamespace($"Turnstone.Cli.{folder}"),
            [.. CliOrder.SkipWhile(name => name != folder).Skip(1).Select(name => $"Turnstone.Cli.{name}")]
        );

    private static void AssertUsesNoContractBut(string contract, params string[] others) =>
        AssertNone(
            Types.InAssembly(Service).That().ResideInNamespace(Folder + contract),
            [.. All.Where(name => name != contract && !others.Contains(name)).Select(name => Folder + name)]
        );

    private static void AssertUsesNone(Assembly assembly, params string[] forbidden) =>
        AssertNone(Types.InAssembly(assembly).That().ResideInNamespaceStartingWith("Turnstone"), forbidden);

    private static void AssertNone(PredicateList types, string[] forbidden)
    {
        Assert.NotEmpty(types.GetTypes());
        Assert.Empty(types.ShouldNot().HaveDependencyOnAny(forbidden).GetResult().FailingTypeNames ?? []);
    }
}
