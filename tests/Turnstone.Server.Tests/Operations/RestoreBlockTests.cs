using System.Text.Json.Nodes;

namespace Turnstone.Server.Tests.Operations;

/// <summary>
/// The blocks of docs/operations.md that put a backup back, run as they stand there, with a systemctl that notes what
/// it was told.
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

    private readonly PastedShell shell = new();

    public RestoreBlockTests()
    {
        System.IO.Directory.CreateDirectory(Home);
        System.IO.Directory.CreateDirectory(shell.Of("backups"));
        shell.Replace(Installed, Home);
        shell.Replace(Backups, shell.Of("backups"));
        shell.Replace(KeyApart, shell.Of("key.apart"));
        shell.Stub("systemctl", $"echo \"$1\" >>'{shell.Of("systemctl.log")}'");
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

    public void Dispose() => shell.Dispose();

    private string Home => shell.Of("home");

    private string Database => Path.Combine(Home, "data", "turnstone.db");

    /// <summary>Makes a store with keys, and a backup of it; answers its keys.</summary>
    private async Task<string> GivenBackupAsync()
    {
        await ServerProcess.InitAsync(Home, Production);
        await RotateAsync();
        var copy = Path.Combine(shell.Of("backups"), "copy.db");
        Assert.Equal(0, (await InProcess.RunAsync(Home, Production, "backup", copy)).ExitCode);
        File.Copy(Path.Combine(Home, "data", "master.key"), shell.Of("key.apart"));
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

    private async Task<int> RunAsync(string block) => (await shell.RunAsync(block)).ExitCode;

    private string[] Told()
    {
        var log = shell.Of("systemctl.log");
        return File.Exists(log) ? File.ReadAllLines(log) : [];
    }
}
