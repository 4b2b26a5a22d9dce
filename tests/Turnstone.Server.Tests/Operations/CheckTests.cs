using System.Text.Json.Nodes;
using Turnstone.Server.Tests.Mail;
using Turnstone.Testing;

namespace Turnstone.Server.Tests.Operations;

/// <summary><c>check</c> tells everything at once, with what to do, and changes nothing.</summary>
public sealed class CheckTests : IDisposable
{
    private const string Issuer = "https://id.example.test";

    private readonly string folder = ServerProcess.NewFolder();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task All_that_is_wrong_is_told_at_once()
    {
        var found = await CheckAsync(
            78,
            new()
            {
                ["DOTNET_ENVIRONMENT"] = "Production",
                ["Turnstone:Isuer"] = Issuer,
                ["Turnstone:CodeSeconds"] = "0",
                ["TURNSTONE_AUDIENCE"] = "api",
                ["Turnstone:Mail:Host"] = "127.0.0.1",
                ["Turnstone:Mail:Port"] = "1",
                ["Turnstone:Mail:From"] = "portal@example.test",
            },
            "--offline"
        );

        AssertFound(found, "settings", "failed", "Turnstone:Isuer is not a setting");
        AssertFound(found, "settings", "failed", "Turnstone:CodeSeconds is 0");
        AssertFound(found, "settings", "failed", "Turnstone:Issuer is missing");
        AssertFound(found, "settings", "failed", "names no proxy");
        AssertFound(found, "settings", "warning", "TURNSTONE_AUDIENCE");
        AssertFound(found, "key", "warning", "There is no store yet");
        AssertFound(found, "database", "failed", "There is no store at SQLite file");
        AssertFound(found, "mail", "failed", "127.0.0.1:1 cannot be reached");
        AssertFound(found, "machine", "ok", "MiB are free");
        Assert.All(found.Where(one => (string)one["state"]! != "ok"), one => Assert.NotEmpty((string)one["todo"]!));
        Assert.Empty(System.IO.Directory.GetFileSystemEntries(folder));
    }

    [Fact]
    public async Task A_machine_that_is_set_up_is_well_and_is_left_as_it_is()
    {
        await ServerProcess.InitAsync(folder);
        await using var mail = new SmtpListener();
        var before = Files();
        var settings = new Dictionary<string, string>
        {
            ["DOTNET_ENVIRONMENT"] = "Production",
            ["Turnstone:Issuer"] = Issuer,
            ["Turnstone:Proxies:Trusted:0"] = "127.0.0.1",
            ["Turnstone:Mail:Host"] = "127.0.0.1",
            ["Turnstone:Mail:Port"] = $"{mail.Port}",
            ["Turnstone:Mail:Security"] = "None",
            ["Turnstone:Mail:From"] = "portal@example.test",
        };

        var found = await CheckAsync(0, settings, "--offline", "--mail-to", "ops@example.test");

        Assert.DoesNotContain(found, one => (string)one["state"]! == "failed");
        AssertFound(found, "settings", "ok", Issuer);
        AssertFound(found, "key", "ok", "opens the");
        AssertFound(found, "database", "ok", "turnstone.db");
        AssertFound(found, "clock", "ok", "fits");
        AssertFound(found, "administrators", "warning", "Nobody administers");
        AssertFound(found, "mail", "ok", "took an email to ops@example.test");
        Assert.Contains("ops@example.test", (await mail.NextAsync()).To, StringComparison.Ordinal);
        Assert.Equal(before, Files());

        File.SetUnixFileMode(
            Path.Combine(folder, "data", "master.key"),
            UnixFileMode.UserRead | UnixFileMode.OtherRead
        );
        AssertFound(await CheckAsync(78, settings, "--offline"), "key", "failed", "others on this machine have access");
    }

    [Fact]
    public async Task The_service_is_seen_from_outside()
    {
        await using var proxy = await TlsProxy.StartAsync(folder, TimeSpan.FromDays(10));
        var settings = new Dictionary<string, string>
        {
            ["DOTNET_ENVIRONMENT"] = "Production",
            ["Turnstone:Issuer"] = proxy.Url,
            ["Turnstone:Proxies:Trusted:0"] = "127.0.0.1",
            ["SSL_CERT_FILE"] = Path.Combine(folder, "authority.pem"),
        };
        AssertFound(await CheckAsync(69, settings), "outside", "failed", "answered 500");

        await ServerProcess.InitAsync(folder, settings);
        await using var server = await ServerProcess.StartAsync(settings, folder);
        proxy.Server = server.Http.BaseAddress;
        var found = await CheckAsync(0, settings);
        AssertFound(found, "outside", "ok", $"names the issuer {proxy.Url}");
        AssertFound(found, "outside", "warning", "The certificate is valid until");
        AssertFound(found, "outside", "ok", "The server says that it is ready");
        AssertFound(found, "outside", "ok", "clients use https");
        AssertFound(found, "outside", "ok", $"forwards the host {new Uri(proxy.Url).Authority}");
        AssertFound(found, "outside", "ok", "came from 203.0.113.9");
        using var stranger = await server.Http.GetAsync(new Uri("/health/seen", UriKind.Relative), Cancel);
        Assert.Equal(System.Net.HttpStatusCode.NotFound, stranger.StatusCode);

        proxy.Forwards = false;
        found = await CheckAsync(1, settings);
        AssertFound(found, "outside", "failed", "takes these requests for http");
        AssertFound(found, "outside", "warning", "is asked for the host");

        settings.Remove("SSL_CERT_FILE");
        AssertFound(await CheckAsync(1, settings), "outside", "failed", "cannot be reached from here");
    }

    [Fact]
    public async Task Postgresql_says_how_it_keeps_what_it_commits()
    {
        await using var postgres = new PostgresServer();
        var database = await postgres.CreateDatabaseAsync();
        try
        {
            var settings = new Dictionary<string, string>
            {
                ["ConnectionStrings:Turnstone"] = database,
                ["Turnstone:MasterKey"] = "c2FtZSBrZXkgb24gZXZlcnkgbm9kZSwgMzIgYnl0ZXM=",
            };
            AssertFound(await CheckAsync(69, settings, "--offline"), "database", "failed", "There is no store at");
            await ServerProcess.InitAsync(folder, settings);

            var found = await CheckAsync(null, settings, "--offline");

            AssertFound(found, "database", "ok", "PostgreSQL at");
            AssertFound(found, "database", "warning", "No synchronous standby");
            AssertFound(found, "clock", "ok", "fits");

            settings["Turnstone:Store:RequireReplication"] = "true";
            AssertFound(await CheckAsync(69, settings, "--offline"), "database", "failed", "no server starts");
            settings.Remove("Turnstone:Store:RequireReplication");

            settings["ConnectionStrings:Turnstone"] = "Host=127.0.0.1;Port=1;Database=turnstone";
            AssertFound(await CheckAsync(69, settings, "--offline"), "database", "failed", "does not answer");
        }
        finally
        {
            await postgres.DropDatabaseAsync(database);
        }
    }

    public void Dispose() => System.IO.Directory.Delete(folder, recursive: true);

    private async Task<List<JsonObject>> CheckAsync(
        int? exitCode,
        Dictionary<string, string> settings,
        params string[] words
    )
    {
        var run = await ServerProcess.RunAsync(folder, settings, ["check", "--json", .. words]);
        if (exitCode is { } expected)
        {
            Assert.True(run.ExitCode == expected, $"{run.ExitCode}\n{run.Output}\n{run.Error}");
        }

        return [.. JsonNode.Parse(run.Output)!["checks"]!.AsArray().Select(one => one!.AsObject())];
    }

    private static void AssertFound(List<JsonObject> found, string area, string state, string words) =>
        Assert.True(
            found.Exists(one =>
                (string)one["area"]! == area
                && (string)one["state"]! == state
                && ((string)one["sentence"]!).Contains(words, StringComparison.Ordinal)
            ),
            $"No {area} {state} with \"{words}\" in:\n{string.Join('\n', found.Select(one => one.ToJsonString()))}"
        );

    private List<(string, string)> Files() =>
        [
            .. System
                .IO.Directory.GetFiles(folder, "*", SearchOption.AllDirectories)
                .Order(StringComparer.Ordinal)
                .Select(file => (file, Convert.ToHexString(File.ReadAllBytes(file)))),
        ];
}
