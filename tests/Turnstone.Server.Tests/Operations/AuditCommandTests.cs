using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Data.Sqlite;
using Turnstone.Audit;
using Turnstone.Nodes.Cluster;
using Turnstone.Server.Operations;
using Turnstone.Server.Tests.Contracts;
using Turnstone.Testing;

namespace Turnstone.Server.Tests.Operations;

/// <summary>The audit log is sealed while a server runs, and searched, followed and verified by commands.</summary>
public sealed partial class AuditCommandTests : IAsyncLifetime
{
    private readonly string folder = ServerProcess.NewFolder();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_logged_in_is_found_by_everything_that_the_page_asks_for()
    {
        await using var server = await InProcess.ServeAsync(folder);
        using var login = await server.Http.LoginV3Async(ProvisioningText.ApiKey);
        Assert.Equal(HttpStatusCode.OK, login.StatusCode);
        await SealedAsync();
        var entry = Assert.Single((await SearchAsync("--event", "Login")).AsArray())!;

        foreach (
            var filter in new[]
            {
                ["--account", ProvisioningText.Email],
                ["--api-key", (string)entry["apiKeyId"]!],
                ["--session", (string)entry["sessionId"]!],
                ["--address", (string)entry["network"]!],
                ["--contract", "/v3"],
                new[] { "--since", "2020-01-01" },
            }
        )
        {
            var found = await SearchAsync(["--event", "Login", .. filter]);
            Assert.Equal(entry.ToJsonString(), Assert.Single(found.AsArray())!.ToJsonString());
        }

        Assert.Empty((await SearchAsync("--address", "192.0.2.9")).AsArray());
        Assert.Empty((await SearchAsync("--session", "AaIizvqec0aJnDT7Gi5hqg")).AsArray());
        Assert.Empty((await SearchAsync("--administrator", ProvisioningText.Email)).AsArray());
        Assert.Equal(
            ExitCode.NothingDone,
            (await RunAsync("audit", "search", "--administrator", "no@example.test")).ExitCode
        );
    }

    [Fact]
    public async Task Each_entry_is_followed_once()
    {
        await using var server = await InProcess.ServeAsync(folder);
        var state = Path.Combine(folder, "tail.json");
        using var first = await server.Http.LoginV3Async(ProvisioningText.ApiKey);
        await SealedAsync();
        var before = await TailAsync("--all", "--state", state);
        using var second = await server.Http.LoginV3Async(ProvisioningText.ApiKey);
        await SealedAsync();
        var after = await TailAsync("--state", state);

        Assert.Contains(before, entry => (string?)entry["event"] == "Login");
        Assert.Equal("Login", (string?)Assert.Single(after)["event"]);
        Assert.Equal("logins", (string?)after[0]["chain"]);
        Assert.Equal(await DocumentedMembersAsync(), after[0].AsObject().Select(member => member.Key).Order());
        Assert.Equal(before.Concat(after).Select(Place).Distinct().Count(), before.Concat(after).Select(Place).Count());
        Assert.Empty(await TailAsync("--state", state));

        await File.WriteAllTextAsync(state, "not one", Cancel);
        Assert.Equal(ExitCode.NothingDone, (await RunAsync("audit", "tail", "--once", "--state", state)).ExitCode);

        static string Place(JsonNode entry) => $"{entry["chain"]} {entry["number"]}";
    }

    [Fact]
    public async Task It_is_verified_with_the_public_key_alone_by_the_command_and_by_the_pages_program()
    {
        var keys = Path.Combine(folder, "audit-jwks.json");
        var checkpoints = Path.Combine(folder, "checkpoints.jsonl");
        var settings = new Dictionary<string, string> { ["Turnstone:Audit:Checkpoints"] = checkpoints };
        await using (var server = await InProcess.ServeAsync(folder, settings))
        {
            for (var i = 0; i < 5; i++)
            {
                using var login = await server.Http.LoginV3Async(ProvisioningText.ApiKey);
            }

            await SealedAsync();
            var published = await server.Http.GetStringAsync(
                new Uri("/.well-known/audit-jwks.json", UriKind.Relative),
                Cancel
            );
            await File.WriteAllTextAsync(keys, published, Cancel);
        }

        File.Delete(Path.Combine(folder, "data", "master.key"));
        string[] verify = ["audit", "verify", "--keys", keys, "--json"];
        var good = await RunAsync(verify);
        Assert.True(good.ExitCode == 0, good.Error + good.Output);
        Assert.True((long)JsonNode.Parse(good.Output)!["entries"]! >= 5);
        Assert.Contains("logins: 5 entries are as they were sealed", await PythonAsync(keys), StringComparison.Ordinal);

        await ExecuteAsync("DELETE FROM audit_blocks WHERE chain = 3");
        var bad = await RunAsync(verify);
        Assert.Equal(ExitCode.NotAsSealed, bad.ExitCode);
        Assert.Contains("Acts 1 to ", bad.Output, StringComparison.Ordinal);
        Assert.Contains("acts are not what was sealed", await PythonAsync(keys), StringComparison.Ordinal);

        await File.WriteAllTextAsync(keys, """{"keys":[]}""", Cancel);
        Assert.Equal(ExitCode.NothingDone, (await RunAsync(verify)).ExitCode);
    }

    [Fact]
    public async Task Where_no_server_has_run_yet_it_says_that_nothing_is_sealed()
    {
        var early = await RunAsync("audit", "verify");

        Assert.Equal(ExitCode.NothingDone, early.ExitCode);
        Assert.Contains("There is no checkpoint yet", early.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_checkpoint_of_another_key_is_none_and_what_was_published_shows_a_removed_end()
    {
        var checkpoints = Path.Combine(folder, "checkpoints.jsonl");
        await using (var server = await InProcess.ServeAsync(folder))
        {
            await SealedAsync();
        }

        var old = await CheckpointAsync();
        await using (
            var server = await InProcess.ServeAsync(
                folder,
                new Dictionary<string, string> { ["Turnstone:Audit:Checkpoints"] = checkpoints }
            )
        )
        {
            using var login = await server.Http.LoginV3Async(ProvisioningText.ApiKey);
            await SealedAsync();
        }

        // The line that a server adds after ten minutes.
        await File.AppendAllTextAsync(checkpoints, $"{(await CheckpointAsync()).ToLine()}\n", Cancel);
        Assert.Equal(0, (await RunAsync("audit", "verify", "--checkpoints", checkpoints)).ExitCode);

        await ExecuteAsync(
            $"UPDATE audit_checkpoints SET text = '{old.Text}', signature = x'{Convert.ToHexString(old.Signature)}'",
            "DELETE FROM audit_blocks WHERE chain = 1",
            "UPDATE audit_chains SET next = 1, hash = NULL WHERE chain = 1"
        );
        Assert.Equal(0, (await RunAsync("audit", "verify")).ExitCode);
        var bad = await RunAsync("audit", "verify", "--checkpoints", checkpoints);
        Assert.Equal(ExitCode.NotAsSealed, bad.ExitCode);
        Assert.Contains("the end was removed", bad.Output, StringComparison.Ordinal);

        await ExecuteAsync("UPDATE audit_checkpoints SET text = replace(text, 'acts 1', 'acts 2')");
        var forged = await RunAsync("audit", "verify");
        Assert.Contains("is not signed by one of the keys", forged.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_altered_log_is_a_warning_and_is_not_signed_until_somebody_accepts_it()
    {
        await using var server = await InProcess.ServeAsync(folder);
        using var login = await server.Http.LoginV3Async(ProvisioningText.ApiKey);
        await SealedAsync();
        Assert.DoesNotContain("audit", await WarningsAsync(server.Http));

        await ExecuteAsync("UPDATE audit_chains SET hash = randomblob(32) WHERE chain = 1");
        await WarnsAsync(server.Http, true);
        var text = (await CheckpointAsync()).Text;
        using var second = await server.Http.LoginV3Async(ProvisioningText.ApiKey);
        Assert.Equal(HttpStatusCode.OK, second.StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await server.Http.GetAsync(Ready, Cancel)).StatusCode);
        Assert.Equal(text, (await CheckpointAsync()).Text);

        Assert.NotEqual(0, (await RunAsync("audit", "accept")).ExitCode);
        Assert.NotEqual(0, (await RunAsync("audit", "accept", "--reason", "")).ExitCode);
        var accepted = await RunAsync("audit", "accept", "--reason", "a disk was put back");
        Assert.True(accepted.ExitCode == 0, accepted.Error);

        await WarnsAsync(server.Http, false);
        await SealedAsync();
        var entry = Assert.Single((await SearchAsync("--event", "AuditLogAccepted")).AsArray())!;
        Assert.Equal("a disk was put back", (string?)entry["detail"]);
    }

    public async ValueTask InitializeAsync()
    {
        await ServerProcess.InitAsync(folder);
        Assert.Equal(0, (await RunAsync("apply", await ProvisioningText.WriteAsync(folder))).ExitCode);
    }

    public ValueTask DisposeAsync()
    {
        System.IO.Directory.Delete(folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    private static Uri Ready { get; } = new("/health/ready", UriKind.Relative);

    private static Task<TimeSpan> WarnsAsync(HttpClient http, bool does) =>
        Until.HoldsAsync(
            async () => (await WarningsAsync(http)).Contains("audit") == does,
            TimeSpan.FromSeconds(30),
            does ? "readiness warns of the audit log" : "readiness does not warn any more"
        );

    private static async Task<List<string>> WarningsAsync(HttpClient http) =>
        [
            .. JsonNode
                .Parse(await http.GetStringAsync(Ready, Cancel))!["warnings"]
                ?.AsArray()
                .Select(one => (string)one!)
                ?? [],
        ];

    // Nothing waits any more, and the checkpoint has all of it.
    private Task<TimeSpan> SealedAsync() =>
        Until.HoldsAsync(
            async () =>
                await ReadAsync("SELECT COUNT(*) FROM audit", row => row.GetInt64(0)) is [0]
                && await CheckpointsAsync() is [{ } checkpoint]
                && AuditCheckpoint.Read(checkpoint.Text) is { } read
                && (
                    await ReadAsync("SELECT next FROM audit_chains ORDER BY chain", row => row.GetInt64(0))
                ).SequenceEqual(read.State.Chains.Select(chain => chain.Next)),
            "the audit log is sealed"
        );

    private async Task<AuditCheckpoint> CheckpointAsync() => (await CheckpointsAsync())[0];

    private Task<List<AuditCheckpoint>> CheckpointsAsync() =>
        ReadAsync(
            "SELECT text, kid, signature FROM audit_checkpoints",
            row => new AuditCheckpoint(row.GetString(0), row.GetString(1), (byte[])row.GetValue(2))
        );

    private async Task<JsonNode> SearchAsync(params string[] filters)
    {
        var ran = await RunAsync(["audit", "search", .. filters, "--json"]);
        Assert.True(ran.ExitCode == 0, ran.Error);
        return JsonNode.Parse(ran.Output)!;
    }

    private async Task<List<JsonNode>> TailAsync(params string[] words)
    {
        var ran = await RunAsync(["audit", "tail", "--once", "--json", .. words]);
        Assert.True(ran.ExitCode == 0, ran.Error);
        return [.. ran.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!)];
    }

    private Task<CommandResult> RunAsync(params string[] words) => InProcess.RunAsync(folder, null, words);

    // The table of docs/audit.md that begins with the place of an entry.
    private static async Task<IEnumerable<string>> DocumentedMembersAsync()
    {
        var page = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "audit.md"), Cancel);
        var table = page[page.IndexOf("| `chain`, `number` |", StringComparison.Ordinal)..];
        return Row()
            .Matches(table[..table.IndexOf("\n\n", StringComparison.Ordinal)])
            .SelectMany(row => Name().Matches(row.Groups["names"].Value))
            .Select(name => name.Groups["name"].Value)
            .Order();
    }

    // The program of docs/audit.md, as it is printed there.
    private async Task<string> PythonAsync(string keys)
    {
        var page = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "audit.md"), Cancel);
        var program = Path.Combine(folder, "verify.py");
        await File.WriteAllTextAsync(program, PythonBlock().Match(page).Groups["text"].Value, Cancel);
        var ran = await Bash.RunAsync($"/usr/bin/python3 {program} {Database} {keys}");
        return ran.Output + ran.Error;
    }

    private string Database => Path.Combine(folder, "data", "turnstone.db");

    private async Task ExecuteAsync(params string[] statements)
    {
        await using var connection = new SqliteConnection($"Data Source={Database};Pooling=False");
        await connection.OpenAsync(Cancel);
        foreach (var statement in statements)
        {
            await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // the statements are those of this class
            command.CommandText = statement;
#pragma warning restore CA2100
            await command.ExecuteNonQueryAsync(Cancel);
        }
    }

    private async Task<List<T>> ReadAsync<T>(string sql, Func<SqliteDataReader, T> read)
    {
        await using var connection = new SqliteConnection($"Data Source={Database};Pooling=False");
        await connection.OpenAsync(Cancel);
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // the statements are those of this class
        command.CommandText = sql;
#pragma warning restore CA2100
        await using var reader = await command.ExecuteReaderAsync(Cancel);
        List<T> rows = [];
        while (await reader.ReadAsync(Cancel))
        {
            rows.Add(read(reader));
        }

        return rows;
    }

    [GeneratedRegex(@"^\| (?<names>[^|]+) \|", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex("`(?<name>[A-Za-z]+)`")]
    private static partial Regex Name();

    [GeneratedRegex("```python\n(?<text>.*?)```", RegexOptions.Singleline)]
    private static partial Regex PythonBlock();
}
