using System.Text.RegularExpressions;

namespace Turnstone.Server.Tests.CommandLine;

/// <summary>docs/cli.md names what the program has. Its blocks are pasted by PastedBlocksTests.</summary>
public sealed partial class PageTests
{
    private static string Page { get; } = File.ReadAllText(Path.Combine(Repository.Root, "docs", "cli.md"));

    // Of other verbs and other programs.
    private static readonly string[] Elsewhere = ["--add-source", "--global", "--cli", "--host", "--local"];

    [Fact]
    public async Task Every_verb_and_option_is_on_the_page_and_the_other_way_round()
    {
        using var home = new CliHome();
        var help = (await home.RunAsync("--help")).Output;
        var verbs = Verb()
            .Matches(help[help.IndexOf("Commands:", StringComparison.Ordinal)..])
            .Select(one => one.Groups["name"].Value);
        Assert.NotEmpty(verbs);
        Assert.All(verbs, verb => Assert.Contains($"`{verb}`", Page, StringComparison.Ordinal));

        var login = (await home.RunAsync("login", "--help")).Output;
        foreach (var option in Option().Matches(Page).Select(one => one.Value).Distinct())
        {
            Assert.True(Elsewhere.Contains(option) || login.Contains(option, StringComparison.Ordinal), option);
        }
    }

    [Fact]
    public void Every_exit_code_is_on_the_page()
    {
        var source = File.ReadAllText(Path.Combine(Repository.Root, "src", "Turnstone.Cli", "ExitCode.cs"));
        var codes = Code().Matches(source).Select(one => one.Groups["code"].Value).ToList();
        var rows = Row().Matches(Page).Select(one => one.Groups["code"].Value);
        Assert.Equal(codes, rows);
    }

    [Fact]
    public void The_helpers_are_under_forty_lines_each()
    {
        foreach (var file in new[] { "GitCredentialCommand.cs", "KubectlCredentialCommand.cs" })
        {
            var path = Path.Combine(Repository.Root, "src", "Turnstone.Cli", "Commands", file);
            Assert.InRange(File.ReadAllLines(path).Length, 1, 39);
        }
    }

    [GeneratedRegex(@"^  (?<name>[a-z-]+)[ <]", RegexOptions.Multiline)]
    private static partial Regex Verb();

    [GeneratedRegex(@"--[a-z][a-z-]+")]
    private static partial Regex Option();

    [GeneratedRegex(@"const int \w+ = (?<code>\d+);")]
    private static partial Regex Code();

    [GeneratedRegex(@"^\| (?<code>\d+) \|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
