using System.Text.RegularExpressions;
using Microsoft.Data.Sqlite;
using Turnstone.Audit;
using Turnstone.Nodes.Cluster;
using Turnstone.Server.Tests.Operations;

namespace Turnstone.Server.Tests.Telemetry;

/// <summary>A server whose metrics are read, and what can happen to it.</summary>
internal sealed partial class AlertedServer : IAsyncDisposable
{
    private readonly ServerProcess server;

    private AlertedServer(ServerProcess server) => this.server = server;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public HttpClient Http => server.Http;

    public ServerProcess Process => server;

    public static async Task<AlertedServer> StartAsync(string folder, params (string Name, string Value)[] settings) =>
        new(
            await ServerProcess.StartAsync(
                new Dictionary<string, string>(settings.Select(one => KeyValuePair.Create(one.Name, one.Value)))
                {
                    ["Turnstone:Telemetry:Metrics"] = "http://127.0.0.1:0",
                    ["Turnstone:Provision"] = await ProvisioningText.WriteAsync(folder),
                    ["Turnstone:Contracts:SessionV3:EarlyRefresh"] = "Allow",
                    ["Turnstone:Limits:LoginsPerAccount:Count"] = "10000",
                    ["Turnstone:Limits:LoginsPerApiKey:Count"] = "10000",
                },
                folder
            )
        );

    public async Task<Scrape> ScrapeAsync()
    {
        var metrics = new Uri(MetricsUrl().Match(server.Output).Groups["url"].Value);
        return Scrape.Of(await Http.GetStringAsync(metrics, Cancel));
    }

    /// <summary>Waits until what has happened since a scrape fires these alerts.</summary>
    public async Task FiresAsync(Scrape before, params string[] alerts)
    {
        await Until.HoldsAsync(
            async () => (await Promtool.FiringAsync(before, await ScrapeAsync())).IsSupersetOf(alerts),
            $"{string.Join(", ", alerts)} fire"
        );
    }

    /// <summary>The refresh token of a new session.</summary>
    public async Task<string> LogInAsync()
    {
        using var login = await Http.LoginV3Async(ProvisioningText.ApiKey);
        return await RefreshOfAsync(login);
    }

    /// <summary>The token that comes after one.</summary>
    public async Task<string> RefreshAsync(string token)
    {
        using var refresh = await Http.RefreshV3Async(token);
        return await RefreshOfAsync(refresh);
    }

    /// <summary>The write lock of its database, until it is given back.</summary>
    public async Task<IDisposable> LockStoreAsync()
    {
        var connection = await OpenStoreAsync();
        connection.BeginTransaction(deferred: false);
        return connection;
    }

    /// <summary>
    /// Waits until the server has written all that it writes by itself after these logins with one key: it has sealed
    /// and signed them, counted them, and noted when the key was last used.
    /// </summary>
    public async Task HasWrittenAsync(int logins)
    {
        await using var connection = await OpenStoreAsync();
        await using var command = connection.CreateCommand();
        command.CommandText =
            "SELECT (SELECT COUNT(*) FROM audit) = 0 AND (SELECT MAX(total) FROM usage_counts) = $logins "
            + "AND (SELECT MAX(last_used_at) FROM api_keys) > "
            + "(SELECT created_at FROM sessions ORDER BY created_at DESC LIMIT 1 OFFSET 1), "
            + "(SELECT next FROM audit_chains WHERE chain = 1), (SELECT text FROM audit_checkpoints)";
        command.Parameters.AddWithValue("$logins", logins);
        await Until.HoldsAsync(
            async () =>
            {
                await using var row = await command.ExecuteReaderAsync(Cancel);
                return await row.ReadAsync(Cancel)
                    && !row.IsDBNull(0)
                    && row.GetBoolean(0)
                    && !row.IsDBNull(2)
                    && AuditCheckpoint.Read(row.GetString(2)) is { } signed
                    && signed.State.Chains.Single(one => one.Chain is AuditChain.Logins).Next == row.GetInt64(1);
            },
            "the server has written what it writes by itself"
        );
    }

    /// <summary>What somebody does who can write in the database.</summary>
    public async Task AlterAuditLogAsync()
    {
        await using var connection = await OpenStoreAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "UPDATE audit_chains SET hash = randomblob(32)";
        await command.ExecuteNonQueryAsync(Cancel);
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();

    private async Task<SqliteConnection> OpenStoreAsync()
    {
        // The store that would choose the library may not have been opened in the process of the tests yet.
        SQLitePCL.raw.SetProvider(new SQLitePCL.SQLite3Provider_e_sqlite3());
        var connection = new SqliteConnection(
            $"Data Source={Path.Combine(server.Folder, "data", "turnstone.db")};Pooling=False"
        );
        await connection.OpenAsync(Cancel);
        return connection;
    }

    private static async Task<string> RefreshOfAsync(HttpResponseMessage answer) =>
        (await answer.JsonAsync()).GetProperty("refresh_token").GetString()!;

    [GeneratedRegex(@"the metrics at (?<url>http://127\.0\.0\.1:\d+/metrics)")]
    private static partial Regex MetricsUrl();
}
