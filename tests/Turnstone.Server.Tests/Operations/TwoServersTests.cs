using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Npgsql;
using Turnstone.Audit;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Nodes.Cluster;
using Turnstone.Storage;
using Turnstone.Tokens.Keys;
using PostgresServer = Turnstone.Testing.PostgresServer;

namespace Turnstone.Server.Tests.Operations;

/// <summary>
/// Several servers on one PostgreSQL, with nothing between them but the store and the same master key.
/// </summary>
public sealed class TwoServersTests : IAsyncLifetime
{
    private readonly PostgresServer postgres = new();
    private readonly string folder = ServerProcess.NewFolder();
    private string database = "";

    public async ValueTask InitializeAsync() => database = await postgres.CreateDatabaseAsync();

    public async ValueTask DisposeAsync()
    {
        await postgres.DropDatabaseAsync(database);
        await postgres.DisposeAsync();
        System.IO.Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Two_servers_start_together_on_an_empty_database_and_publish_the_same_keys()
    {
        var servers = await Task.WhenAll(
            InProcess.ServeAsync(settings: Settings()),
            InProcess.ServeAsync(settings: Settings())
        );
        await using var first = servers[0];
        await using var second = servers[1];
        var keys = await Task.WhenAll(
            servers.Select(server =>
                server.Http.GetStringAsync(
                    new Uri("/.well-known/jwks.json", UriKind.Relative),
                    TestContext.Current.CancellationToken
                )
            )
        );
        Assert.Equal(keys[0], keys[1]);
        Assert.Equal(2, JsonNode.Parse(keys[0])!["keys"]!.AsArray().Count);
    }

    [Fact]
    public async Task Servers_that_start_together_with_the_same_file_make_nothing_twice()
    {
        var file = await ProvisioningText.WriteAsync(folder);
        var servers = await Task.WhenAll(
            Enumerable.Range(0, 3).Select(_ => InProcess.ServeAsync(settings: Settings(("Turnstone:Provision", file))))
        );
        await using var store = Storage.Store.Open(
            new Storage.StoreOptions { ConnectionString = database },
            TimeProvider.System,
            RandomSource.System
        );
        var entries = await store.Audit.ReadAsync(
            new Audit.AuditQuery { Limit = 1000 },
            TestContext.Current.CancellationToken
        );
        Assert.All(
            new[]
            {
                Model.AuditEvent.ProductCreated,
                Model.AuditEvent.AccountCreated,
                Model.AuditEvent.SubscriptionCreated,
                Model.AuditEvent.ApiKeyCreated,
                Model.AuditEvent.ClientCreated,
            },
            what => Assert.Single(entries, entry => entry.Event == what)
        );
        await Task.WhenAll(servers.Select(server => server.DisposeAsync().AsTask()));
    }

    [Fact]
    public async Task A_session_opened_on_one_server_is_refreshed_on_the_other_and_revoked_for_both_by_a_command()
    {
        var file = await ProvisioningText.WriteAsync(folder);
        await using var first = await ServerProcess.StartAsync(Settings(("Turnstone:Provision", file)));
        await using var second = await ServerProcess.StartAsync(Settings(("Turnstone:Provision", file)));
        using var login = await PostAsync(
            first,
            "/auth/v2/login",
            new { username = ProvisioningText.Email, password = ProvisioningText.Password }
        );
        var issued = (await login.Content.ReadFromJsonAsync<JsonObject>(TestContext.Current.CancellationToken))!;
        using var refresh = await PostAsync(
            second,
            "/auth/v2/refresh",
            new { token = (string)issued["refresh"]!["token"]! }
        );
        Assert.Equal(201, (int)refresh.StatusCode);
        var access = (string)
            (await refresh.Content.ReadFromJsonAsync<JsonObject>(TestContext.Current.CancellationToken))![
                "authorization"
            ]!["token"]!;
        Assert.Equal(200, await ValidateAsync(first, access));

        var revoked = await InProcess.RunAsync(
            folder,
            Settings(),
            "revoke",
            "--account",
            ProvisioningText.Email,
            "--reason",
            "test",
            "--json"
        );
        Assert.Equal(0, revoked.ExitCode);
        Assert.Equal(1, (int)JsonNode.Parse(revoked.Output)!["ended"]!);
        foreach (var server in new[] { first, second })
        {
            await Until.HoldsAsync(
                async () => await ValidateAsync(server, access) == 401,
                "the revoked token is refused"
            );
        }
    }

    [Fact]
    public async Task A_store_that_requires_a_newer_version_is_refused_in_one_sentence()
    {
        await ServerProcess.InitAsync(folder, Settings());
        await using (var connection = new NpgsqlConnection(database))
        {
            await connection.OpenAsync(TestContext.Current.CancellationToken);
            await using var later = new NpgsqlCommand(
                "INSERT INTO counters (name, number) VALUES ('required version', 9999)",
                connection
            );
            await later.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        var refused = await InProcess.RunAsync(folder, Settings());
        Assert.Equal(69, refused.ExitCode);
        Assert.Contains("9999", refused.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ready_tells_when_the_database_is_away_and_when_it_is_back()
    {
        await using var own = PostgresServer.Private();
        await using var server = await InProcess.ServeAsync(
            settings: Settings(("ConnectionStrings:Turnstone", await own.CreateDatabaseAsync()))
        );
        await own.StopAsync();
        using (
            var away = await server.Http.GetAsync(
                new Uri("/health/ready", UriKind.Relative),
                TestContext.Current.CancellationToken
            )
        )
        {
            Assert.Equal(503, (int)away.StatusCode);
            Assert.Equal(
                """{"status":"not ready","missing":["storage"]}""",
                await away.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)
            );
        }

        using (var probe = new HttpRequestMessage(HttpMethod.Head, "/health/ready"))
        using (var away = await server.Http.SendAsync(probe, TestContext.Current.CancellationToken))
        {
            Assert.Equal(503, (int)away.StatusCode);
        }

        using (
            var live = await server.Http.GetAsync(
                new Uri("/health/live", UriKind.Relative),
                TestContext.Current.CancellationToken
            )
        )
        {
            Assert.Equal(200, (int)live.StatusCode);
        }

        await own.StartAsync();
        await Until.HoldsAsync(
            async () =>
            {
                using var ready = await server.Http.GetAsync(
                    new Uri("/health/ready", UriKind.Relative),
                    TestContext.Current.CancellationToken
                );
                return (int)ready.StatusCode == 200;
            },
            "the server is ready again"
        );
    }

    private Dictionary<string, string> Settings(params (string Name, string Value)[] more)
    {
        var settings = new Dictionary<string, string>
        {
            ["ConnectionStrings:Turnstone"] = database,
            ["Turnstone:MasterKey"] = "c2FtZSBrZXkgb24gZXZlcnkgbm9kZSwgMzIgYnl0ZXM=",
            ["Turnstone:Issuer"] = "https://id.example.test",
        };
        foreach (var (name, value) in more)
        {
            settings[name] = value;
        }

        return settings;
    }

    private static Task<HttpResponseMessage> PostAsync(ServerProcess server, string path, object body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        request.Headers.Add("Subscription-Key", ProvisioningText.SubscriptionKey);
        return server.Http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private static async Task<int> ValidateAsync(ServerProcess server, string access)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/auth/v2/validate");
        request.Headers.Add("Subscription-Key", ProvisioningText.SubscriptionKey);
        request.Headers.Add("Authorization", $"Bearer {access}");
        using var answer = await server.Http.SendAsync(request, TestContext.Current.CancellationToken);
        return (int)answer.StatusCode;
    }
}
