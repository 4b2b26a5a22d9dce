using System.Reflection;
using Turnstone.Nodes.Scenarios;
using Turnstone.Testing;

namespace Turnstone.Server.Tests.Operations;

/// <summary>
/// Every block and command of docs/operations.md is run by a test, and every row of its table of failures is held by
/// one: a block, a command or a row that nobody runs fails here.
/// </summary>
public sealed class OperationsPageTests
{
    private const string Container =
        "tests/container/run, in which Podman stands for docker. It needs root and is run by hand";

    /// <summary>Each block by its heading and its first words, and who runs it.</summary>
    private static readonly (string Heading, string Begins, string Test)[] Blocks =
    [
        ("One machine", "deploy/publish", nameof(OneMachineBlockTests)),
        ("One machine", "turnstone()", nameof(OneMachineBlockTests)),
        ("A container", "dotnet publish", Container),
        ("A container", "docker run", Container),
        ("PostgreSQL with Patroni", "runuser -u postgres -- patroni ", nameof(PatroniTests)),
        ("PostgreSQL with Patroni", "runuser -u postgres -- patronictl", nameof(PatroniTests)),
        ("PostgreSQL with Patroni", "ConnectionStrings__", nameof(PatroniTests)),
        ("Mail", "Turnstone__Mail__", nameof(DeployedFilesTests)),
        ("Who still uses `/auth/v1`", "turnstone-server audit", nameof(OneMachineBlockTests)),
        ("Who still uses `/auth/v1`", "SELECT", nameof(OneMachineBlockTests)),
        ("What to monitor", "rule_files", nameof(DeployedFilesTests)),
        ("Embedded", "turnstone-server backup", nameof(OneMachineBlockTests)),
        ("Embedded", "systemctl stop", nameof(OneMachineBlockTests)),
        ("Embedded", "install -d", nameof(OneMachineBlockTests)),
        ("PostgreSQL", "pg_basebackup", nameof(PointInTimeTests)),
        ("PostgreSQL", "mkdir", nameof(PointInTimeTests)),
    ];

    /// <summary>Commands of other programs in the prose, and who runs them.</summary>
    private static readonly (string Command, string Test)[] Others =
    [
        ("openssl rand -base64 32", nameof(DeployedFilesTests)),
        ("promtool test rules turnstone.rules*.test.yml", nameof(Telemetry.AlertRulesTests)),
        ("tests/container/run", Container),
        ("chown 1654:1654", Container),
        ("systemctl start", nameof(OneMachineBlockTests)),
        ("systemd-analyze security", "a figure, not a command to run"),
    ];

    private static readonly string[] Programs =
    [
        "openssl ",
        "promtool ",
        "tests/",
        "docker ",
        "chown ",
        "systemctl ",
        "systemd-",
        "psql ",
        "curl ",
        "apt-get ",
        "patronictl ",
    ];

    [Fact]
    public void Every_block_is_run_by_a_test()
    {
        Assert.Equal(
            OperationsPage.Blocks.Select(block => (block.Heading, block.Text.Split('\n')[0])).Order(),
            Blocks
                .Select(one =>
                    (
                        one.Heading,
                        OperationsPage
                            .Blocks.FirstOrDefault(block =>
                                block.Heading == one.Heading
                                && block.Text.StartsWith(one.Begins, StringComparison.Ordinal)
                            )
                            ?.Text.Split('\n')[0]
                            ?? $"{one.Begins}: there is no such block"
                    )
                )
                .Order()
        );
        Assert.All(Blocks, one => AssertRuns(one.Test));
    }

    [Fact]
    public void Every_command_of_another_program_is_run_by_a_test()
    {
        var named = OperationsPage
            .Quoted(OperationsPage.Prose)
            .Where(text => Programs.Any(program => text.StartsWith(program, StringComparison.Ordinal)));

        Assert.Equal(
            named.Distinct().Order(StringComparer.Ordinal),
            Others.Select(one => one.Command).Order(StringComparer.Ordinal)
        );
        Assert.All(Others, one => AssertRuns(one.Test));
    }

    [Fact]
    public void Every_failure_is_held_by_a_test_or_a_scenario()
    {
        var rows = OperationsPage.Table("What can fail");

        Assert.True(rows.Count > 25, $"{rows.Count} rows");
        Assert.All(
            rows,
            row =>
            {
                Assert.Equal(4, row.Length);
                var named = OperationsPage.Quoted(row[3]).ToList();
                Assert.NotEmpty(named);
                Assert.All(named, name => Assert.True(IsThere(name), $"There is no {name}."));
            }
        );
    }

    private static void AssertRuns(string test) =>
        Assert.True(
            test == Container
                || test.StartsWith("a figure", StringComparison.Ordinal)
                || TestClass(test.Split(',')[0]) is not null,
            $"There is no {test}."
        );

    // The tests of the storage are another program: theirs are looked for in the sources.
    private static bool IsThere(string name)
    {
        var parts = name.Split('.');
        return parts.Length == 1 ? Scenario.All.Any(scenario => scenario.Name == name)
            : TestClass(parts[0]) is { } test
                ? test.GetMethod(parts[1])?.GetCustomAttributes<FactAttribute>().Any() is true
            : System
                .IO.Directory.EnumerateFiles(
                    Path.Combine(Repository.Root, "tests", "Turnstone.Storage.Tests"),
                    $"{parts[0]}.cs",
                    SearchOption.AllDirectories
                )
                .Any(file => File.ReadAllText(file).Contains($"async Task {parts[1]}(", StringComparison.Ordinal));
    }

    private static Type? TestClass(string name) =>
        typeof(OperationsPageTests).Assembly.GetTypes().FirstOrDefault(type => type.Name == name);
}
