using System.CommandLine;
using System.Text.RegularExpressions;
using Turnstone.Server.Contracts;
using Turnstone.Server.Hosting;
using Turnstone.Server.Operations;
using Turnstone.Testing;

namespace Turnstone.Server.Tests.Operations;

/// <summary>
/// The commands of docs/operations.md against those that the program has, in this process: nothing is started. What
/// each does is the other tests' of this folder.
/// </summary>
public sealed partial class DocumentedCommandTests
{
    private static readonly RootCommand Root = Commands.Root(
        [],
        new ServerPlan(AllContracts.List, _ => { }, _ => { }),
        Output.OfProcess
    );

    /// <summary>Who runs a command as an operator does.</summary>
    private static readonly Dictionary<string, string> RunBy = new()
    {
        ["serve"] = nameof(FirstStartTests),
        ["init"] = nameof(InitTests),
        ["check"] = nameof(CheckTests),
        ["migrate"] = nameof(CommandTests),
        ["backup"] = nameof(CommandTests),
        ["apply"] = nameof(ApplyTests),
        ["keys list"] = nameof(RestoreBlockTests),
        ["keys rotate"] = nameof(CommandTests),
        ["keys retire"] = nameof(CommandTests),
        ["revoke"] = nameof(RevokeCredentialsTests),
        ["account list"] = nameof(DirectoryCommandTests),
        ["account disable"] = nameof(DirectoryCommandTests),
        ["account enable"] = nameof(DirectoryCommandTests),
        ["account erase"] = nameof(DirectoryCommandTests),
        ["account link"] = nameof(DirectoryCommandTests),
        ["client list"] = nameof(DirectoryCommandTests),
        ["client disable"] = nameof(DirectoryCommandTests),
        ["client enable"] = nameof(DirectoryCommandTests),
        ["api-key list"] = nameof(DirectoryCommandTests),
        ["api-key revoke"] = nameof(DirectoryCommandTests),
        ["session list"] = nameof(DirectoryCommandTests),
        ["product list"] = nameof(DirectoryCommandTests),
        ["subscription list"] = nameof(DirectoryCommandTests),
        ["subscription suspend"] = nameof(DirectoryCommandTests),
        ["subscription resume"] = nameof(DirectoryCommandTests),
        ["audit search"] = nameof(AuditCommandTests),
        ["audit tail"] = nameof(AuditCommandTests),
        ["audit verify"] = nameof(AuditCommandTests),
        ["audit accept"] = nameof(AuditCommandTests),
        ["code"] = nameof(CommandTests),
        ["administrator"] = nameof(AdministratorCommandTests),
    };

    [Fact]
    public void The_table_names_every_command_and_each_is_run_by_a_test()
    {
        var documented = OperationsPage
            .Table("Commands")
            .SelectMany(row => OperationsPage.Quoted(row[0]))
            .Where(text => !text.StartsWith("--", StringComparison.Ordinal) && Words(text).Length > 0)
            .Select(text => PathOf(Root.Parse(Words(text)).CommandResult.Command))
            .Distinct()
            .Order(StringComparer.Ordinal);
        var ours = Leaves(Root).Select(PathOf).Order(StringComparer.Ordinal).ToList();

        Assert.Equal(ours, documented);
        Assert.Equal(ours, RunBy.Keys.Order(StringComparer.Ordinal));
    }

    /// <summary>The list is not only names: the source of each class gives the command's words to a program.</summary>
    [Fact]
    public void Who_is_named_for_a_command_runs_it()
    {
        foreach (var (command, test) in RunBy.Where(one => one.Key != "serve"))
        {
            var source = File.ReadAllText(
                Assert.Single(
                    System.IO.Directory.GetFiles(
                        Path.Combine(Repository.Root, "tests", "Turnstone.Server.Tests"),
                        $"{test}.cs",
                        SearchOption.AllDirectories
                    )
                )
            );
            var words = string.Join(@",\s*", command.Split(' ').Select(word => $"\"{word}\""));
            Assert.True(
                Regex.IsMatch(source, words)
                    || source.Contains($"turnstone-server {command}", StringComparison.Ordinal),
                $"{test} does not run {command}."
            );
        }
    }

    [Fact]
    public void Every_command_of_the_page_is_understood()
    {
        var commands = OperationsPage
            .Quoted(OperationsPage.Prose)
            .Concat(
                OperationsPage.Blocks.SelectMany(block =>
                    Program().Matches(block.Text).Select(match => match.Groups["words"].Value)
                )
            )
            .Where(IsWhole)
            .Distinct()
            .ToList();

        Assert.True(commands.Count > 30, string.Join('\n', commands));
        Assert.All(
            commands,
            command =>
            {
                var errors = Root.Parse(Words(command)).Errors;
                Assert.True(errors.Count == 0, $"{command}: {string.Join(' ', errors.Select(error => error.Message))}");
            }
        );
    }

    [Fact]
    public async Task Every_command_explains_itself_and_those_that_list_or_change_have_json()
    {
        // The output of code is the code alone, and that of account link the link.
        string[] without = ["serve", "code", "account link"];
        foreach (var command in Leaves(Root))
        {
            await using var help = new StringWriter();
            var code = await Root.Parse([.. PathOf(command).Split(' '), "--help"])
                .InvokeAsync(new InvocationConfiguration { Output = help }, TestContext.Current.CancellationToken);

            Assert.Equal(0, code);
            Assert.Contains("Usage:", help.ToString(), StringComparison.Ordinal);
            Assert.True(
                without.Contains(PathOf(command)) || command.Options.Any(option => option.Name == "--json"),
                $"{PathOf(command)} has no --json."
            );
        }
    }

    // A name alone, as in "the command revoke", is no command line unless it needs nothing more.
    private static bool IsWhole(string text) =>
        Words(text) is { Length: > 0 } words
        && Root.Subcommands.FirstOrDefault(command => command.Name == words[0]) is { } first
        && (words.Length > 1 || first is { Subcommands.Count: 0, Arguments.Count: 0, Options.Count: < 3 })
        && !(words is [_, "retire"] or [_, "disable"] or ["revoke", "--account" or "--client"]);

    /// <summary>Without what may be left out, and with a value for each place that asks for one.</summary>
    private static string[] Words(string text) =>
        [
            .. Optional()
                .Replace(text, "")
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .SkipWhile(word => word.EndsWith("turnstone-server", StringComparison.Ordinal))
                .TakeWhile(word => !word.StartsWith('#'))
                .Select(word => word == "ID" && IdIsGuid(text) ? $"{Guid.Empty}" : word),
        ];

    private static bool IdIsGuid(string text) =>
        text.StartsWith("api-key", StringComparison.Ordinal)
        || text.StartsWith("subscription", StringComparison.Ordinal);

    private static IEnumerable<Command> Leaves(Command command) =>
        command.Subcommands.SelectMany(sub => sub.Subcommands.Count == 0 ? [sub] : Leaves(sub));

    private static string PathOf(Symbol command) =>
        command.Parents.OfType<Command>().FirstOrDefault() is { } parent and not RootCommand
            ? $"{PathOf(parent)} {command.Name}"
            : command.Name;

    [GeneratedRegex(@"(?<program>\S*turnstone-server) (?<words>[^#\n]*)")]
    private static partial Regex Program();

    [GeneratedRegex(@"\[[^\]]*\]")]
    private static partial Regex Optional();
}
