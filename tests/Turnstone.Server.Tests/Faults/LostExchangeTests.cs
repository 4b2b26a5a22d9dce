using System.Net;
using System.Net.Http.Headers;
using Npgsql;
using Turnstone.Server.Contracts.OAuthV1;
using Turnstone.Server.Tests.Contracts;
using Turnstone.Server.Tests.Operations;
using Turnstone.Testing;

namespace Turnstone.Server.Tests.Faults;

/// <summary>
/// The commit of a company's code exchange is lost. Its client is not told that nothing was changed, whether something
/// was or not, and its repeat gets the tokens of one session.
/// </summary>
public sealed class LostExchangeTests : IAsyncLifetime
{
    private const string RedirectUri = "http://127.0.0.1:8500/callback";

    private readonly PostgresServer postgres = PostgresServer.Private();
    private readonly string folder = ServerProcess.NewFolder();
    private string database = "";
    private Dictionary<string, string> settings = [];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        database = await postgres.CreateDatabaseAsync();
        settings = new Dictionary<string, string>
        {
            ["ConnectionStrings:Turnstone"] = database,
            ["Turnstone:MasterKey"] = "c2FtZSBrZXkgb24gZXZlcnkgbm9kZSwgMzIgYnl0ZXM=",
            ["Turnstone:Provision"] = await ProvisioningText.WriteAsync(folder),
        };
    }

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        await postgres.DisposeAsync();
        System.IO.Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_company_is_told_that_it_is_not_known_and_its_repeat_gets_the_tokens_once()
    {
        await using var server = await ServerProcess.StartAsync(settings, folder);

        // The database undid it.
        var body = await BodyAsync();
        await using (await LosingConnections.OnAsync(database, inTheCommit: true, "sessions"))
        {
            await IsNotKnownAsync(server, body);
        }

        Assert.Equal(0, await SessionsAsync());
        await GoesOnAsync(server, body);
        Assert.Equal(1, await SessionsAsync());

        // The database keeps it, and waits for a standby that is not there until the server gives up.
        body = await BodyAsync();
        await SetStandbyAsync("ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
        await IsNotKnownAsync(server, body);
        await SetStandbyAsync("ALTER SYSTEM RESET synchronous_standby_names");
        Assert.Equal(2, await SessionsAsync());
        await GoesOnAsync(server, body);
        Assert.Equal(2, await SessionsAsync());
    }

    // A slow machine may not come as far as the commit in the time for it. Then nothing was changed, and that is said.
    private async Task IsNotKnownAsync(ServerProcess server, string body)
    {
        var before = await SessionsAsync();
        for (var tries = 1; tries < 10; tries++)
        {
            using var answer = await ExchangeAsync(server, body);
            var text = await answer.Content.ReadAsStringAsync(Cancel);
            if (!text.Contains("nothing was changed", StringComparison.Ordinal))
            {
                await Golden.CheckAsync(answer, "oauth-v1-503-unknown");
                return;
            }

            await Golden.CheckAsync(answer, "oauth-v1-503");
            await EndWaitingCommitsAsync();
            Assert.Equal(before, await SessionsAsync());
        }

        Assert.Fail("No exchange came as far as its commit.");
    }

    // What waits for a standby is in the store and not seen until its wait ends.
    private Task EndWaitingCommitsAsync() =>
        postgres.CommandAsync(
            "SELECT pg_terminate_backend(pid, 30000) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
        );

    private static async Task GoesOnAsync(ServerProcess server, string body)
    {
        var (access, refresh) = await ExchangeAsync(server, body).PairAsync();
        var (_, again) = await ExchangeAsync(server, body).PairAsync();

        Assert.Equal(refresh, again);
        using var valid = await server.Http.WithBearerAsync(HttpMethod.Get, "/v1/oauth/token", access);
        Assert.Equal(HttpStatusCode.OK, valid.StatusCode);
    }

    private static Task<HttpResponseMessage> ExchangeAsync(ServerProcess server, string body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/v1/oauth/token/company")
        {
            Content = new StringContent(body, new MediaTypeHeaderValue("application/json")),
        };
        request.Headers.Add("Idempotency-Key", "one exchange");
        return server.Http.SendAsync(request, Cancel);
    }

    private async Task<string> BodyAsync()
    {
        var code = await InProcess.RunAsync(
            folder,
            settings,
            "code",
            "--account",
            ProvisioningText.Email,
            "--contract",
            OAuthV1Contract.Family,
            "--client",
            "shop",
            "--redirect-uri",
            RedirectUri
        );
        Assert.True(code.ExitCode == 0, code.Error);
        return Wire.Json(
            ("grant_type", "authorization_code"),
            ("code", code.Output.Trim()),
            ("redirect_uri", RedirectUri),
            ("client_id", "shop"),
            ("client_secret", ProvisioningText.ClientSecret)
        );
    }

    // The server's connections are cut, so that it asks on new ones, which know the setting.
    private async Task SetStandbyAsync(string sql)
    {
        await postgres.CommandAsync(sql);
        await postgres.CommandAsync("SELECT pg_reload_conf()");
        await postgres.CutConnectionsAsync(database);
    }

    private async Task<long> SessionsAsync()
    {
        await using var source = NpgsqlDataSource.Create($"{database};Pooling=false");
        await using var count = source.CreateCommand("SELECT COUNT(*) FROM sessions");
        return (long)(await count.ExecuteScalarAsync(Cancel))!;
    }
}
