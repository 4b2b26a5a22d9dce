using Turnstone.Testing;

namespace Turnstone.Server.Tests.Documents;

/// <summary>The blocks that run until somebody stops them, or for minutes.</summary>
public sealed class LongRunningBlocksTests : IDisposable
{
    private const string Shell = "#!/bin/sh\n";

    private const UnixFileMode Runnable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly string folder = ServerProcess.NewFolder();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>With a published build, which is the same program that the launch script would build.</summary>
    [Fact]
    public async Task The_first_command_of_the_README_serves_and_stops_with_an_interrupt()
    {
        Copy("turnstone");
        foreach (var platform in (string[])["linux-x64", "linux-arm64", "linux-musl-x64", "osx-arm64", "osx-x64"])
        {
            Program(
                $"publish/{platform}/turnstone-server",
                $"exec '{Path.Combine(AppContext.BaseDirectory, "turnstone-server")}' \"$@\""
            );
        }

        var address = $"http://127.0.0.1:{PostgresServer.FreePort()}";
        using var shell = new RunningProgram(
            $"set -m\n{ShellBlocks.Single("README.md", "./turnstone  ").TrimEnd()}\necho ended $?",
            folder,
            new Dictionary<string, string> { ["ASPNETCORE_URLS"] = address, ["Turnstone__Issuer"] = address }
        );
        var password = (await shell.LineAsync("PASSWORD=")).Trim('\'');
        await shell.LineAsync("curl -s http");

        using (var visitor = new Portal.Visitor(new Uri(address)))
        {
            using var signedIn = await visitor.SendAsync(
                "/portal/sign-in",
                form: null,
                ("Email", "demo@example.test"),
                ("Password", password)
            );
            Assert.Equal(System.Net.HttpStatusCode.Redirect, signedIn.StatusCode);
        }

        Assert.True(System.IO.Directory.Exists(Path.Combine(folder, "data")));
        var interrupted = await Bash.RunAsync($"kill -INT $(pgrep -P {shell.Id})");
        Assert.True(interrupted.ExitCode == 0, interrupted.Error);
        Assert.Equal("0", await shell.LineAsync("ended"));
    }

    [Fact]
    public async Task The_command_that_publishes_writes_the_file_that_the_page_names()
    {
        Copy("deploy/publish");
        Program(
            "bin/dotnet",
            """
            while [ $# -gt 1 ]; do [ "$1" = -o ] && out=$2; shift; done
            mkdir -p "$out" && echo made >"$out/turnstone-server"
            """
        );

        var ran = await Bash.RunAsync(
            $"PATH=\"$PWD/bin:$PATH\"\n{ShellBlocks.Single("README.md", "deploy/publish")}",
            folder: folder
        );

        Assert.True(ran.ExitCode == 0, ran.Error);
        Assert.Contains("It writes `publish/linux-x64/turnstone-server`", Readme, StringComparison.Ordinal);
        Assert.Equal(
            "made\n",
            await File.ReadAllTextAsync(Path.Combine(folder, "publish/linux-x64/turnstone-server"), Cancel)
        );
        var platforms = (await Bash.RunAsync("deploy/publish --list", folder: folder)).Output.Split('\n');
        Assert.All(
            platforms.Where(platform => platform.Length > 0),
            platform => Assert.Contains(platform, ShellBlocks.Single("README.md", "deploy/publish"), Plain)
        );
    }

    [Theory]
    [InlineData("docs/benchmarks.md", "bench/peers/install")]
    [InlineData("CONTRIBUTING.md", "./turnstone")]
    public void The_programs_and_words_of_a_block_that_takes_an_hour_are_there(string document, string begins)
    {
        foreach (var line in ShellBlocks.Single(document, begins).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var words = line.Split('#')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words[0] == "dotnet")
            {
                words = words[(Array.IndexOf(words, "--project") + 1)..];
                Assert.True(System.IO.Directory.Exists(Path.Combine(Repository.Root, words[0])), line);
                continue;
            }

            var program = Path.Combine(Repository.Root, words[0]);
            Assert.True(File.Exists(program), line);
            Assert.True(File.GetUnixFileMode(program).HasFlag(UnixFileMode.UserExecute), line);
            Assert.All(
                words[1..].Where(word => words[0] == "bench/run" && !word.StartsWith("FILE", Plain)),
                word => Assert.Contains($"\"{word}\"", Bench.Value, Plain)
            );
        }
    }

    public void Dispose() => System.IO.Directory.Delete(folder, recursive: true);

    private const StringComparison Plain = StringComparison.Ordinal;

    private static string Readme => File.ReadAllText(Path.Combine(Repository.Root, "README.md"));

    private static readonly Lazy<string> Bench = new(() =>
        string.Concat(
            System
                .IO.Directory.GetFiles(
                    Path.Combine(Repository.Root, "bench", "Turnstone.Bench"),
                    "*.cs",
                    SearchOption.AllDirectories
                )
                .Select(File.ReadAllText)
        )
    );

    private void Copy(string name)
    {
        var file = Path.Combine(folder, name);
        System.IO.Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.Copy(Path.Combine(Repository.Root, name), file);
    }

    private void Program(string name, string text)
    {
        var file = Path.Combine(folder, name);
        System.IO.Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, $"{Shell}{text}\n");
        File.SetUnixFileMode(file, Runnable);
    }
}
