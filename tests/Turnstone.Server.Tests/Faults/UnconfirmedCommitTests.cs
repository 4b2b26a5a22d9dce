using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Turnstone.Model;
using Turnstone.Nodes.Cluster;
using Turnstone.Server.Tests.Operations;
using PostgresServer = Turnstone.Nodes.Cluster.PostgresServer;

namespace Turnstone.Server.Tests.Faults;

/// <summary>
/// A primary whose synchronous standby is silent: what it commits then is on one machine, and gone once the standby is
/// promoted. So nobody is told that it is done.
/// </summary>
public sealed class UnconfirmedCommitTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly string folder = ServerProcess.NewFolder();
    private readonly string clusters = System.IO.Directory.CreateTempSubdirectory("turnstone-standby-").FullName;
    private readonly Dictionary<string, string> settings = [];
    private PostgresServer primary = null!;
    private TcpGate stream = null!;
    private PostgresServer standby = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        // PostgreSQL runs as a user of its own.
        File.SetUnixFileMode(clusters, File.GetUnixFileMode(clusters) | (UnixFileMode)0b101_101);
        primary = await PostgresServer.StartAsync(clusters);
        stream = new TcpGate(primary.Port);
        standby = await primary.StandbyAsync(clusters, stream.Port);
        await primary.ExecuteAsync("ALTER SYSTEM SET synchronous_standby_names = 'standby'");
        await primary.ExecuteAsync("SELECT pg_reload_conf()");
        await Until.HoldsAsync(
            async () =>
                await primary.NumberAsync("SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'") == 1,
            Patience,
            "the standby is synchronous"
        );
        settings["ConnectionStrings:Turnstone"] =
            $"Host=127.0.0.1:{primary.Port},127.0.0.1:{standby.Port};Username=postgres;Database=turnstone";
        settings["Turnstone:MasterKey"] = "c2FtZSBrZXkgb24gZXZlcnkgbm9kZSwgMzIgYnl0ZXM=";
        settings["Turnstone:Store:RequireReplication"] = "true";
        await ServerProcess.InitAsync(folder, settings);
        settings["Turnstone:Provision"] = await ProvisioningText.WriteAsync(folder);
    }

    public async ValueTask DisposeAsync()
    {
        await standby.DisposeAsync();
        await stream.DisposeAsync();
        await primary.DisposeAsync();
        System.IO.Directory.Delete(clusters, recursive: true);
        System.IO.Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Nobody_is_told_that_it_is_done_and_after_a_promotion_nothing_that_was_answered_is_lost()
    {
        await using var server = await InProcess.ServeAsync(folder, settings);
        var refreshed = await OpenAsync(server);
        var revoked = await OpenAsync(server);
        var unknown = await OpenAsync(server);
        using (var done = await server.Http.RefreshV2Async(refreshed.Refresh))
        {
            refreshed = refreshed with { Refresh = await done.RefreshOfSetAsync() };
        }

        Assert.StartsWith("Ended", (await RevokeAsync(revoked)).Output, StringComparison.Ordinal);
        Assert.Equal("[]", await WarningsAsync(server));

        stream.Silence();
        var (refresh, login) = (
            server.Http.RefreshV2Async(refreshed.Refresh),
            server.Http.LoginV2Async(ProvisioningText.Email, ProvisioningText.Password)
        );
        await AssertUnknownAsync(await refresh);
        await AssertUnknownAsync(await login);

        // After them: a login that waited for the revocation would rightly be told that nothing was changed.
        var told = await RevokeAsync(unknown);
        Assert.Equal(75, told.ExitCode);
        Assert.Contains("It is not known whether the command took effect", told.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("Ended", told.Output, StringComparison.Ordinal);
        Assert.Equal("""["commits"]""", await WarningsAsync(server));

        await primary.KillAsync();
        await standby.PromoteAsync();

        var next = "";
        await Until.HoldsAsync(
            async () =>
            {
                using var again = await server.Http.RefreshV2Async(refreshed.Refresh);
                next = again.StatusCode is HttpStatusCode.Created ? await again.RefreshOfSetAsync() : "";
                return next.Length > 0;
            },
            Patience,
            "the refresh that was not confirmed is repeated"
        );
        await AssertRefusedAsync(server, revoked);
        Assert.Empty(await standby.RecordedAsync(AuditEvent.StoreForgot));

        // A server that has heard of the revocation may have written it again.
        Assert.Contains((await RevokeAsync(unknown)).ExitCode, (int[])[0, 3]);
        await AssertRefusedAsync(server, unknown);

        // The new primary has no standby yet: a server that runs says so, and none starts.
        Assert.Contains("replication", await WarningsAsync(server), StringComparison.Ordinal);
        var refused = await InProcess.RunAsync(folder, settings, "serve", "--urls=http://127.0.0.1:0");
        Assert.Equal(78, refused.ExitCode);
        Assert.Contains("Turnstone:Store:RequireReplication is true", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task When_the_standby_speaks_again_readiness_says_nothing_any_more()
    {
        await using var server = await InProcess.ServeAsync(folder, settings);
        var open = await OpenAsync(server);
        stream.Silence();
        using (var refresh = await server.Http.RefreshV2Async(open.Refresh))
        {
            await AssertUnknownAsync(refresh);
        }

        Assert.Equal("""["commits"]""", await WarningsAsync(server));
        Assert.Equal("""["commits"]""", await WarningsAsync(server));

        stream.Mend();
        await Until.HoldsAsync(
            async () => await WarningsAsync(server) == "[]",
            Patience,
            "commits are confirmed, without a request that makes one"
        );
    }

    private static async Task AssertUnknownAsync(HttpResponseMessage answer)
    {
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal(new RetryConditionHeaderValue(TimeSpan.FromSeconds(1)), answer.Headers.RetryAfter);
        Assert.Contains("cannot say whether", await answer.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    private static async Task AssertRefusedAsync(InProcess server, Opened session)
    {
        using var answer = await server.Http.RefreshV2Async(session.Refresh);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    private static async Task<string> WarningsAsync(InProcess server)
    {
        using var answer = await server.Http.GetAsync(new Uri("/health/ready", UriKind.Relative), Cancel);
        var told = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancel))!;
        Assert.True(answer.StatusCode is HttpStatusCode.OK, told.ToJsonString());
        return told["warnings"]?.ToJsonString() ?? "[]";
    }

    private Task<CommandResult> RevokeAsync(Opened session) =>
        InProcess.RunAsync(folder, settings, "revoke", "--session", session.Id);

    private async Task<Opened> OpenAsync(InProcess server)
    {
        using var login = await server.Http.LoginV2Async(ProvisioningText.Email, ProvisioningText.Password);
        Assert.Equal(HttpStatusCode.Created, login.StatusCode);
        var list = await InProcess.RunAsync(
            folder,
            settings,
            "session",
            "list",
            "--account",
            ProvisioningText.Email,
            "--json"
        );
        return new((string)JsonNode.Parse(list.Output)![0]!["id"]!, await login.RefreshOfSetAsync());
    }

    private sealed record Opened(string Id, string Refresh);
}
