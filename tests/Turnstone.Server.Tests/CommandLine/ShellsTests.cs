namespace Turnstone.Server.Tests.CommandLine;

/// <summary>
/// Completion in the real zsh, fish and PowerShell, which <c>./test</c> fetches. Bash is with the other helpers.
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

    // As in docs/cli.md.
    private const string Profile = "turnstone completion pwsh | Out-String | Invoke-Expression";

    // Asks as the Tab key does, where the ^ stands or at the end, and prints the line with each word that comes back.
    private const string PowerShell = """
        foreach ($line in $args) {
            $at = $line.IndexOf('^')
            if ($at -lt 0) { $at = $line.Length } else { $line = $line.Remove($at, 1) }
            $found = TabExpansion2 $line $at
            if (-not $found.CompletionMatches) { $line }
            foreach ($one in $found.CompletionMatches) {
                $line.Remove($found.ReplacementIndex, $found.ReplacementLength).Insert(
                    $found.ReplacementIndex, $one.CompletionText)
            }
        }
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

    [Fact]
    public async Task PowerShell_completes_verbs_options_and_profiles()
    {
        await using var server = await CliServer.StartAsync();
        using var home = new CliHome();
        await server.LoginAsync(home, "/v3", "-p", "work");
        await ProfileAsync(home);
        await File.WriteAllTextAsync(Path.Combine(home.Folder, "drive.ps1"), PowerShell, Cancel);

        var done = await RunAsync(
            home,
            """
            pwsh -NonInteractive -File drive.ps1 'turnstone va' 'turnstone login --cont' './turnstone  va' \
              '$env:A = "secret"; turnstone token --profile wo' 'echo hello; turnstone token --profile ' \
              'echo hello; turnstone va^ --json | cat' 'turnstone xyz' 'turnstone'
            """
        );

        Assert.Equal(
            [
                "turnstone validate",
                "turnstone login --contract",
                "./turnstone  validate",
                "$env:A = \"secret\"; turnstone token --profile work",
                "echo hello; turnstone token --profile work",
                "echo hello; turnstone validate --json | cat",
                "turnstone xyz",
                "turnstone",
            ],
            done.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
        );
        Assert.Equal("", done.Error);
    }

    [Fact]
    public async Task PowerShell_passes_on_the_words_of_the_command_and_runs_nothing_of_a_word_that_comes_back()
    {
        using var home = new CliHome();
        await ProfileAsync(home);
        await File.WriteAllTextAsync(
            Path.Combine(home.Folder, "drive.ps1"),
            $$"""
            $drive = { {{PowerShell}} }
            function turnstone { Add-Content asked $args; 'x$(touch ran)'; "x'; touch ran; '"; 'y' }
            $lines = & $drive 'echo hello; $A = "secret"; turnstone token -p x^ after'
            function turnstone { $args[2] }
            $lines | ForEach-Object { Invoke-Expression $_ }
            """,
            Cancel
        );

        var done = await RunAsync(home, "pwsh -NonInteractive -File drive.ps1");

        Assert.Equal("hello\nx$(touch ran)\nhello\nx'; touch ran; '\n", done.Output);
        Assert.False(File.Exists(Path.Combine(home.Folder, "ran")));
        Assert.Equal(
            ["[suggest:20]", "turnstone token -p x"],
            await File.ReadAllLinesAsync(Path.Combine(home.Folder, "asked"), Cancel)
        );
    }

    [Fact]
    public async Task The_manual_says_what_the_PowerShell_profile_has()
    {
        var manual = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "cli.md"), Cancel);
        Assert.Contains($"`{Profile}`", manual, StringComparison.Ordinal);
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
    public async Task An_unknown_shell_is_told_nothing()
    {
        using var home = new CliHome();
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

    private static async Task ProfileAsync(CliHome home)
    {
        var folder = System.IO.Directory.CreateDirectory(Path.Combine(home.Folder, "config", "powershell")).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "Microsoft.PowerShell_profile.ps1"), Profile, Cancel);
    }

    private static async Task<CommandResult> RunAsync(CliHome home, string command)
    {
        var environment = new Dictionary<string, string>(home.Environment())
        {
            ["DOTNET_EnableDiagnostics"] = "0",
            ["POWERSHELL_TELEMETRY_OPTOUT"] = "1",
            ["XDG_CACHE_HOME"] = Path.Combine(home.Folder, "cache"),
            ["XDG_DATA_HOME"] = Path.Combine(home.Folder, "data"),
        };
        environment["PATH"] = $"{Path.Combine(Repository.Root, "tests", "interop", "pwsh")}:{environment["PATH"]}";
        var done = await Bash.RunAsync(command, "", home.Folder, environment);
        Assert.True(done.ExitCode == 0, done.Error);
        return done;
    }
}
