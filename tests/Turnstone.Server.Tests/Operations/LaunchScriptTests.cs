using Turnstone.Testing;

namespace Turnstone.Server.Tests.Operations;

/// <summary>./turnstone starts what is published, and builds where nothing is.</summary>
public sealed class LaunchScriptTests : IDisposable
{
    private const UnixFileMode Runnable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly string folder = ServerProcess.NewFolder();

    [Fact]
    public async Task A_published_build_is_started_in_development_with_the_words_given()
    {
        foreach (var platform in (string[])["linux-x64", "linux-arm64", "linux-musl-x64", "osx-arm64", "osx-x64"])
        {
            Program($"publish/{platform}/turnstone-server", "echo \"$DOTNET_ENVIRONMENT $*\"");
        }

        var run = await RunAsync("code --account demo@example.test");

        Assert.Equal("Development code --account demo@example.test", run.Output.Trim());
        Assert.Equal("", run.Error);
    }

    [Fact]
    public async Task Without_one_it_says_at_once_that_it_builds_and_builds_only_what_has_changed()
    {
        Program("bin/dotnet", "mkdir -p src/Turnstone.Server/bin/Debug/net10.0 && cp bin/built $_/turnstone-server");
        Program("bin/built", "echo \"served $*\"");
        System.IO.Directory.CreateDirectory(Path.Combine(folder, "src", "Turnstone.Server"));

        var first = await RunAsync("serve");
        var second = await RunAsync("serve");

        Assert.StartsWith("turnstone: building the sources", first.Error, StringComparison.Ordinal);
        Assert.Equal("served serve", first.Output.Trim());
        Assert.Equal(("served serve", ""), (second.Output.Trim(), second.Error));

        await File.WriteAllTextAsync(
            Path.Combine(folder, "src", "Turnstone.Server", "Changed.cs"),
            "",
            TestContext.Current.CancellationToken
        );
        File.SetLastWriteTimeUtc(
            Path.Combine(folder, "src", "Turnstone.Server", "Changed.cs"),
            TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(1)
        );
        Assert.Contains("building", (await RunAsync("serve")).Error, StringComparison.Ordinal);
    }

    public void Dispose() => System.IO.Directory.Delete(folder, recursive: true);

    private Task<CommandResult> RunAsync(string words)
    {
        File.Copy(Path.Combine(Repository.Root, "turnstone"), Path.Combine(folder, "turnstone"), overwrite: true);
        return Bash.RunAsync($"PATH=\"{folder}/bin:$PATH\" ./turnstone {words}", folder: folder);
    }

    private void Program(string name, string text)
    {
        var file = Path.Combine(folder, name);
        System.IO.Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, $"#!/usr/bin/env bash\n{text}\n");
        File.SetUnixFileMode(file, Runnable);
    }
}
