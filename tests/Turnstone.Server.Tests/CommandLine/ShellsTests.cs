namespace Turnstone.Server.Tests.CommandLine;

/// <summary>
/// Completion in the real zsh and fish; that in bash is with the other helpers. PowerShell can be had neither from
/// Debian nor from NuGet, so of its script no more is known than that it asks the program as the others do.
/// </summary>
public sealed class ShellsTests
{
    // A terminal of its own, as a person has one: what is waited for is what the shell writes, and no time.
    private const string Zsh = """
        zmodload zsh/zpty
        said() { local heard; zpty -r z heard "*$1*" || exit 9 }
        tell() { zpty -w z "$1" }
        zpty -b z 'PS1= zsh -f -i'
        tell 'autoload -Uz compinit; compinit -u -D; source <(turnstone completion zsh)'
        tell 'bindkey "^I" complete-word; zle -N show'
        tell 'show() { print -r -- "$BUFFER" >>completed; zle kill-whole-line; print -r -- "sho""wn" }'
        tell 'bindkey "^X" show; print -r -- "rea""dy"'
        said ready
        for line in "$@"; do
          zpty -w -n z "$line"$'\t\x18'
          said shown
        done
        zpty -d z
        cat completed
        """;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Zsh_completes_verbs_options_and_profiles()
    {
        await using var server = await CliServer.StartAsync();
        using var home = new CliHome();
        await server.LoginAsync(home, "/v3", "-p", "work");
        var file = Path.Combine(home.Folder, "drive");
        await File.WriteAllTextAsync(file, Zsh, Cancel);

        var done = await RunAsync(
            home,
            "zsh -f drive 'turnstone va' 'turnstone login --cont' 'A=secret turnstone token --profile wo' "
                + "'turnstone xyz' 'turnstone'"
        );

        Assert.Equal(
            [
                "turnstone validate",
                "turnstone login --contract",
                "A=secret turnstone token --profile work",
                "turnstone xyz",
                "turnstone",
            ],
            done.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.TrimEnd())
        );
    }

    [Fact]
    public async Task Fish_completes_verbs_options_and_profiles()
    {
        await using var server = await CliServer.StartAsync();
        using var home = new CliHome();
        await server.LoginAsync(home, "/v3", "-p", "work");

        Assert.Equal("validate", await FishAsync(home, "turnstone va"));
        Assert.Equal("--contract", await FishAsync(home, "turnstone login --cont"));
        Assert.Equal("work", await FishAsync(home, "A=secret turnstone token --profile wo"));
        Assert.Equal("validate", await FishAsync(home, "echo hello; turnstone va"));
        Assert.Equal("", await FishAsync(home, "turnstone xyz"));
    }

    [Theory]
    [InlineData("zsh", "source <(turnstone completion zsh)")]
    [InlineData("fish", "turnstone completion fish | source")]
    public async Task No_shell_passes_on_or_runs_more_than_the_words_of_the_command(string shell, string source)
    {
        using var home = new CliHome();
        var says = shell is "fish"
            ? $$"""
                {{source}}
                function turnstone; printf '%s\n' $argv >>asked; printf '%s\n' 'x$(touch ran)' y; end
                complete -C 'echo hello; A=secret ./turnstone token -p x'
                """
            : $$"""
                compdef() { : }
                compadd() { print -rl -- "${words_found[@]}" }
                {{source}}
                turnstone() { print -rl -- "$@" >>asked; print -rl -- 'x$(touch ran)' y }
                words=(turnstone token -p x) CURRENT=4 PREFIX=x
                _turnstone
                """;
        var file = Path.Combine(home.Folder, "script");
        await File.WriteAllTextAsync(file, says, Cancel);

        var done = await RunAsync(home, shell is "fish" ? "fish --no-config script" : "zsh -f script");

        Assert.Contains("x$(touch ran)", done.Output, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(home.Folder, "ran")));
        Assert.Equal(
            ["[suggest:20]", "turnstone token -p x"],
            await File.ReadAllLinesAsync(Path.Combine(home.Folder, "asked"), Cancel)
        );
    }

    [Fact]
    public async Task PowerShell_is_told_to_ask_in_the_same_way_and_an_unknown_shell_nothing()
    {
        using var home = new CliHome();
        Assert.Contains(
            "[suggest:$cursorPosition]",
            (await home.RunAsync("completion", "pwsh")).Output,
            StringComparison.Ordinal
        );
        Assert.Equal(2, (await home.RunAsync("completion", "tcsh")).ExitCode);
    }

    private static async Task<string> FishAsync(CliHome home, string line)
    {
        var done = await RunAsync(
            home,
            $"fish --no-config -c 'turnstone completion fish | source; complete -C \"{line}\"'"
        );
        return done.Output.Trim();
    }

    private static async Task<CommandResult> RunAsync(CliHome home, string command)
    {
        var done = await Bash.RunAsync(command, "", home.Folder, home.Environment());
        Assert.True(done.ExitCode == 0, done.Error);
        return done;
    }
}
