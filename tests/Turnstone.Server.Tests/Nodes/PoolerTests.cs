using System.Net;
using Npgsql;
using Turnstone.Nodes.Cluster;
using Turnstone.Server.Tests.Operations;
using PostgresServer = Turnstone.Testing.PostgresServer;

namespace Turnstone.Server.Tests.Nodes;

/// <summary>
/// PgBouncer between server and database. In session mode everything works; in the other modes the server says no
/// instead of answering 500.
/// </summary>
public sealed class PoolerTests : IAsyncLifetime
{
    private readonly PostgresServer postgres = new();
    private readonly string folder = ServerProcess.NewFolder();
    private string database = "";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => database = await postgres.CreateDatabaseAsync();

    public async ValueTask DisposeAsync()
    {
        await postgres.DropDatabaseAsync(database);
        await postgres.DisposeAsync();
        System.IO.Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData("transaction")]
    [InlineData("statement")]
    public async Task A_pooler_that_hands_connections_on_is_refused_at_the_start_and_nothing_is_made(string mode)
    {
        await using var pooler = await PgBouncer.StartAsync(database, mode);
        foreach (var command in (string[])["init", "serve", "migrate"])
        {
            var refused = await InProcess.RunAsync(folder, Settings(pooler.Database), command);

            Assert.Equal((78, ""), (refused.ExitCode, refused.ExitCode == 78 ? "" : refused.Error));
            Assert.Contains("ConnectionStrings:Turnstone leads to a pooler", refused.Error, StringComparison.Ordinal);
        }

        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync(Cancel);
        await using var tables = new NpgsqlCommand("SELECT to_regclass('schema_versions') IS NULL", connection);
        Assert.Equal(true, await tables.ExecuteScalarAsync(Cancel));
    }

    [Fact]
    public async Task In_session_mode_the_server_is_ready_and_refreshes()
    {
        await using var pooler = await PgBouncer.StartAsync(database, "session");
        var settings = Settings(pooler.Database);
        settings["Turnstone:Provision"] = await ProvisioningText.WriteAsync(folder);
        settings["Turnstone:Contracts:SessionV3:EarlyRefresh"] = "Allow";
        await using var server = await InProcess.ServeAsync(folder, settings);
        using var login = await server.Http.LoginV3Async(ProvisioningText.ApiKey);
        var token = await RefreshOfAsync(login);
        for (var i = 0; i < 50; i++)
        {
            using var refresh = await server.Http.RefreshV3Async(token);
            Assert.Equal(HttpStatusCode.OK, refresh.StatusCode);
            token = await RefreshOfAsync(refresh);
            Assert.Equal("""{"status":"ready"}""", await ReadyAsync(server));
        }
    }

    [Fact]
    public async Task A_running_server_says_so_when_such_a_pooler_takes_the_place_of_another()
    {
        await using var pooler = await PgBouncer.StartAsync(database, "session");
        await using var server = await InProcess.ServeAsync(folder, Settings(pooler.Database));
        Assert.Equal("""{"status":"ready"}""", await ReadyAsync(server));

        await pooler.StopAsync();
        var port = new NpgsqlConnectionStringBuilder(pooler.Database).Port;
        await using var other = await PgBouncer.StartAsync(database, "transaction", port);

        await Until.HoldsAsync(
            async () => await ReadyAsync(server) == """{"status":"not ready","missing":["pooler"]}""",
            "the pooler is noticed"
        );
    }

    private static Dictionary<string, string> Settings(string connectionString) =>
        new()
        {
            ["ConnectionStrings:Turnstone"] = connectionString,
            ["Turnstone:MasterKey"] = "c2FtZSBrZXkgb24gZXZlcnkgbm9kZSwgMzIgYnl0ZXM=",
        };

    private static async Task<string> RefreshOfAsync(HttpResponseMessage answer) =>
        (await answer.JsonAsync()).GetProperty("refresh_token").GetString()!;

    private static async Task<string> ReadyAsync(InProcess server)
    {
        using var answer = await server.Http.GetAsync(new Uri("/health/ready", UriKind.Relative), Cancel);
        return await answer.Content.ReadAsStringAsync(Cancel);
    }
}
