using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Turnstone.Server.Tests.Operations;

/// <summary>
/// The blocks of docs/operations.md that put a backup back, run as they stand there. Only the machine around them is
/// the test's: its folders in place of the documented ones, a systemctl that notes what it was told, and an install
/// that leaves the owner.
/// </summary>
public sealed class RestoreBlockTests : IDisposable
{
    private const string Installed = "/var/lib/turnstone";
    private const string Backups = "/var/backups/turnstone";
    private const string KeyApart = "/root/key.apart";

    private static readonly Dictionary<string, string> Production = new()
    {
        ["DOTNET_ENVIRONMENT"] = "Production",
        ["Turnstone:Issuer"] = "https://id.example.test",
    };

    private readonly string machine = ServerProcess.NewFolder();

    public RestoreBlockTests()
    {
        foreach (var folder in (string[])[Home, Path.Combine(machine, "backups"), Path.Combine(machine, "bin")])
        {
            System.IO.Directory.CreateDirectory(folder);
        }

        Stub("systemctl", $"echo \"$1\" >>'{Path.Combine(machine, "systemctl.log")}'");
        Stub(
            "install",
            """
            words=()
            while (($#)); do case $1 in -o | -g) shift 2 ;; *) words+=("$1"); shift ;; esac; done
            exec /usr/bin/install "${words[@]}"
            """
        );
    }

    [Fact]
    public async Task The_copy_is_served_in_the_place_of_what_was_lost()
    {
        var kept = await GivenBackupAsync();
        await RotateAsync();
        Assert.NotEqual(kept, await KeysAsync());

        Assert.Equal(0, await RunAsync(OperationsPage.Block("mktemp -d lost")));

        Assert.Equal(["stop", "start"], Told());
        Assert.Equal(kept, await KeysAsync());
        Assert.Single(System.IO.Directory.GetDirectories(Path.Combine(Home, "data"), "lost.*"));
        await ServesAsync();
    }

    [Fact]
    public async Task On_a_new_machine_the_copy_and_the_key_are_served()
    {
        var kept = await GivenBackupAsync();
        System.IO.Directory.Delete(Home, recursive: true);

        Assert.Equal(0, await RunAsync(OperationsPage.Block("install -d")));

        Assert.Equal(["start"], Told());
        Assert.Equal(kept, await KeysAsync());
        await ServesAsync();
    }

    /// <summary>A path is wrong: nothing is started, and what is started by hand makes nothing.</summary>
    [Theory]
    [InlineData("mktemp -d lost", "/copy.db", "/no-such-copy.db")]
    [InlineData("mktemp -d lost", "/data &&", "/no-such-folder &&")]
    [InlineData("install -d", "/copy.db", "/no-such-copy.db")]
    public async Task A_wrong_path_starts_no_empty_service(string block, string right, string wrong)
    {
        await GivenBackupAsync();
        if (block == "install -d")
        {
            System.IO.Directory.Delete(Home, recursive: true);
        }

        var text = OperationsPage.Block(block);
        Assert.Contains(right, text, StringComparison.Ordinal);

        Assert.NotEqual(0, await RunAsync(text.Replace(right, wrong, StringComparison.Ordinal)));

        Assert.DoesNotContain("start", Told());
        if (wrong == "/no-such-copy.db")
        {
            var refused = await InProcess.RunAsync(Home, Production, "serve");
            Assert.Equal(69, refused.ExitCode);
            Assert.Contains(Database, refused.Error, StringComparison.Ordinal);
            Assert.False(File.Exists(Database));
        }
    }

    public void Dispose() => System.IO.Directory.Delete(machine, recursive: true);

    private string Home => Path.Combine(machine, "home");

    private string Database => Path.Combine(Home, "data", "turnstone.db");

    /// <summary>Makes a store with keys, and a backup of it; answers its keys.</summary>
    private async Task<string> GivenBackupAsync()
    {
        await ServerProcess.InitAsync(Home, Production);
        await RotateAsync();
        var copy = Path.Combine(machine, "backups", "copy.db");
        Assert.Equal(0, (await InProcess.RunAsync(Home, Production, "backup", copy)).ExitCode);
        File.Copy(Path.Combine(Home, "data", "master.key"), Path.Combine(machine, "key.apart"));
        return await KeysAsync();
    }

    // A second rotation would answer the successor that waits already: retiring what signs makes another.
    private async Task RotateAsync()
    {
        Assert.Equal(0, (await InProcess.RunAsync(Home, Production, "keys", "rotate")).ExitCode);
        var signs = JsonNode.Parse(await KeysAsync())!.AsArray().First(key => (string)key!["state"]! == "signs")!;
        var kid = (string)signs["kid"]!;
        Assert.Equal(0, (await InProcess.RunAsync(Home, Production, "keys", "retire", kid)).ExitCode);
    }

    private async Task<string> KeysAsync()
    {
        var listed = await InProcess.RunAsync(Home, Production, "keys", "list", "--json");
        Assert.True(listed.ExitCode == 0, listed.Error);
        return listed.Output;
    }

    private async Task ServesAsync()
    {
        await using var server = await ServerProcess.StartAsync(Production, Home);
        Assert.Equal(0, await server.StopAsync());
    }

    private async Task<int> RunAsync(string block)
    {
        var text = block
            .Replace(Installed, Home, StringComparison.Ordinal)
            .Replace(Backups, Path.Combine(machine, "backups"), StringComparison.Ordinal)
            .Replace(KeyApart, Path.Combine(machine, "key.apart"), StringComparison.Ordinal);
        var start = new ProcessStartInfo("bash", ["-c", text]) { WorkingDirectory = machine };
        start.Environment["PATH"] = $"{Path.Combine(machine, "bin")}:{Environment.GetEnvironmentVariable("PATH")}";
        using var shell = Process.Start(start)!;
        await shell.WaitForExitAsync(TestContext.Current.CancellationToken);
        return shell.ExitCode;
    }

    private string[] Told()
    {
        var log = Path.Combine(machine, "systemctl.log");
        return File.Exists(log) ? File.ReadAllLines(log) : [];
    }

    private void Stub(string name, string text)
    {
        var file = Path.Combine(machine, "bin", name);
        File.WriteAllText(file, $"#!/usr/bin/env bash\n{text}\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
