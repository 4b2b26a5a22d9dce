using System.Text.Json.Nodes;
using Turnstone.Testing;

namespace Turnstone.Server.Tests.Operations;

/// <summary>
/// A wrong path is not an empty service: only <c>init</c> makes a store, and everything else names where it looked.
/// </summary>
public sealed class InitTests : IDisposable
{
    private const string Key = "c2FtZSBrZXkgb24gZXZlcnkgbm9kZSwgMzIgYnl0ZXM=";

    private readonly string folder = ServerProcess.NewFolder();

    [Theory]
    [InlineData("serve")]
    [InlineData("migrate")]
    [InlineData("apply", "file.json")]
    [InlineData("backup", "copy.db")]
    [InlineData("keys", "list")]
    [InlineData("keys", "rotate")]
    [InlineData("keys", "retire", "none")]
    [InlineData("revoke", "--account", "nobody@example.test")]
    [InlineData("revoke", "--everyone", "--reason", "test")]
    [InlineData("code", "--account", "nobody@example.test")]
    [InlineData("administrator", "nobody@example.test")]
    [InlineData("account", "list")]
    [InlineData("account", "disable", "nobody@example.test")]
    [InlineData("account", "erase", "nobody@example.test")]
    [InlineData("account", "link", "nobody@example.test")]
    [InlineData("client", "list")]
    [InlineData("client", "disable", "shop")]
    [InlineData("api-key", "list", "--account", "nobody@example.test")]
    [InlineData("api-key", "revoke", "00000000-0000-0000-0000-000000000001")]
    [InlineData("session", "list", "--account", "nobody@example.test")]
    [InlineData("product", "list")]
    [InlineData("subscription", "list")]
    [InlineData("subscription", "suspend", "00000000-0000-0000-0000-000000000001")]
    [InlineData("subscription", "resume", "--account", "nobody@example.test")]
    [InlineData("audit")]
    public async Task Where_no_store_is_nothing_else_makes_one(params string[] words)
    {
        var refused = await InProcess.RunAsync(folder, Production(), words);

        AssertRefused(refused, Database);
        Assert.Empty(System.IO.Directory.GetFileSystemEntries(folder));
    }

    [Fact]
    public async Task Nor_does_a_command_in_development()
    {
        AssertRefused(await ServerProcess.RunAsync(folder, null, "keys", "list"), Database);
        Assert.Empty(System.IO.Directory.GetFileSystemEntries(folder));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_key_without_its_database_starts_no_empty_service(bool emptyFile)
    {
        await ServerProcess.InitAsync(folder);
        File.Delete(Database);
        if (emptyFile)
        {
            await File.WriteAllBytesAsync(Database, [], TestContext.Current.CancellationToken);
        }

        AssertRefused(await ServerProcess.RunAsync(folder, Production(), "serve"), Database);

        Assert.Equal(emptyFile, File.Exists(Database));
    }

    [Fact]
    public async Task A_store_that_is_made_can_be_served()
    {
        var made = await InitAsync(Production());
        Assert.True((bool)made["isNew"]!);
        Assert.Equal(MasterKey, (string)made["masterKey"]!);

        await using var server = await ServerProcess.StartAsync(Production(), folder);
        Assert.Equal(0, await server.StopAsync());
    }

    [Fact]
    public async Task A_store_that_is_there_is_left_as_it_is()
    {
        await ServerProcess.InitAsync(folder, Production());
        await using (var server = await ServerProcess.StartAsync(folder: folder))
        {
            Assert.Equal(0, await server.StopAsync());
        }

        var before = await FilesAsync();
        var again = await InProcess.RunAsync(folder, Production(), "init");

        Assert.Equal(0, again.ExitCode);
        Assert.StartsWith("Nothing to do: there is a store at version", again.Output, StringComparison.Ordinal);
        Assert.Contains(Database, again.Output, StringComparison.Ordinal);
        Assert.Equal(before, await FilesAsync());
    }

    [Fact]
    public async Task A_database_that_has_lost_its_key_gets_no_new_one()
    {
        await ServerProcess.InitAsync(folder, Production());
        File.Delete(MasterKey);

        var refused = await InProcess.RunAsync(folder, Production(), "init");

        Assert.Equal(78, refused.ExitCode);
        Assert.Contains("restore the key", refused.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(MasterKey));
    }

    [Fact]
    public async Task Many_at_once_make_one_store_and_one_key()
    {
        // Processes, because the locks on files are theirs.
        var ran = await Task.WhenAll(
            Enumerable.Range(0, 4).Select(_ => ServerProcess.RunAsync(folder, Production(), "init", "--json"))
        );

        Assert.All(ran, one => Assert.True(one.ExitCode == 0, one.Error));
        var made = ran.Select(one => JsonNode.Parse(one.Output)!).ToList();
        Assert.Single(made, one => (bool)one["isNew"]!);
        Assert.Single(made, one => one["masterKey"] is not null);
        Assert.Equal(["master.key", "turnstone.db"], await NamesAsync());
        await using var server = await ServerProcess.StartAsync(Production(), folder);
    }

    [Fact]
    public async Task On_postgresql_an_empty_database_is_refused_by_name_and_without_its_password()
    {
        await using var postgres = new PostgresServer();
        var database = await postgres.CreateDatabaseAsync();
        try
        {
            var settings = Production(
                ("ConnectionStrings:Turnstone", $"{database};Password=hidden"),
                ("Turnstone:MasterKey", Key)
            );
            var name = new Npgsql.NpgsqlConnectionStringBuilder(database).Database!;
            foreach (
                var words in (string[][])
                    [
                        ["serve"],
                        ["migrate"],
                        ["keys", "list"],
                    ]
            )
            {
                AssertRefused(await InProcess.RunAsync(folder, settings, words), name);
            }

            var made = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => InitAsync(settings)));
            Assert.Single(made, one => (bool)one["isNew"]!);
            Assert.All(made, one => Assert.Null(one["masterKey"]));
            Assert.Equal(0, (await InProcess.RunAsync(folder, settings, "keys", "list")).ExitCode);
            Assert.Empty(System.IO.Directory.GetFileSystemEntries(folder));
        }
        finally
        {
            await postgres.DropDatabaseAsync(database);
        }
    }

    public void Dispose() => System.IO.Directory.Delete(folder, recursive: true);

    private string Database => Path.Combine(folder, "data", "turnstone.db");

    private string MasterKey => Path.Combine(folder, "data", "master.key");

    private static void AssertRefused(CommandResult refused, string place)
    {
        Assert.Equal(69, refused.ExitCode);
        Assert.StartsWith("turnstone-server: There is no store at ", refused.Error, StringComparison.Ordinal);
        Assert.Contains(place, refused.Error, StringComparison.Ordinal);
        Assert.Contains("run turnstone-server init", refused.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", refused.Output + refused.Error, StringComparison.Ordinal);
        Assert.Single(refused.Error.TrimEnd().Split('\n'));
    }

    private async Task<JsonObject> InitAsync(Dictionary<string, string> settings)
    {
        var made = await InProcess.RunAsync(folder, settings, "init", "--json");
        Assert.True(made.ExitCode == 0, made.Error);
        return JsonNode.Parse(made.Output)!.AsObject();
    }

    private async Task<List<string>> NamesAsync() => [.. (await FilesAsync()).Select(file => file.Name).Order()];

    private async Task<List<(string Name, string Bytes)>> FilesAsync()
    {
        List<(string, string)> files = [];
        foreach (var file in System.IO.Directory.GetFiles(Path.Combine(folder, "data")).Order())
        {
            var bytes = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
            files.Add((Path.GetFileName(file), Convert.ToHexString(bytes)));
        }

        return files;
    }

    private static Dictionary<string, string> Production(params (string Name, string Value)[] more)
    {
        var settings = new Dictionary<string, string>
        {
            ["DOTNET_ENVIRONMENT"] = "Production",
            ["Turnstone:Issuer"] = "https://id.example.test",
        };
        foreach (var (name, value) in more)
        {
            settings[name] = value;
        }

        return settings;
    }
}
