using System.Net;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Npgsql;
using Turnstone.Model;
using Turnstone.Server.Hosting;
using Turnstone.Server.Tests.Contracts;
using Turnstone.Storage;
using Turnstone.Testing;
using Until = Turnstone.Nodes.Cluster.Until;

namespace Turnstone.Server.Tests.Nodes;

/// <summary>
/// Two nodes on one PostgreSQL, and the clock of one is wrong: clients notice nothing, and that node destroys nothing.
/// </summary>
public sealed class WrongClockTests : IAsyncLifetime
{
    private readonly PostgresServer postgres = new();
    private string database = "";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => database = await postgres.CreateDatabaseAsync();

    public async ValueTask DisposeAsync()
    {
        await postgres.DropDatabaseAsync(database);
        await postgres.DisposeAsync();
    }

    [Theory]
    [InlineData(60)]
    [InlineData(-60)]
    [InlineData(5 * 24 * 60)]
    public async Task No_refresh_is_refused_and_each_node_takes_the_others_tokens(int minutes)
    {
        await using var right = await StartAsync(TimeSpan.Zero, first: true);
        await using var wrong = await StartAsync(TimeSpan.FromMinutes(minutes));
        var (_, refresh) = await PairAsync(await wrong.Http.LoginV3Async());
        for (var i = 0; i < 12; i++)
        {
            var (at, other) = i % 2 == 0 ? (right, wrong) : (wrong, right);
            (var access, refresh) = await PairAsync(await at.Http.RefreshV3Async(refresh));

            Assert.Equal(HttpStatusCode.OK, await UseAsync(other, access));
            Assert.Equal(HttpStatusCode.OK, await UseAsync(at, access));
        }
    }

    [Fact]
    public async Task A_first_node_with_a_wrong_clock_makes_keys_that_the_others_sign_with()
    {
        await using var wrong = await StartAsync(TimeSpan.FromDays(-5), first: true);
        await using var right = await StartAsync(TimeSpan.Zero);

        var (access, _) = await PairAsync(await right.Http.LoginV3Async());

        Assert.Equal(HttpStatusCode.OK, await UseAsync(wrong, access));
    }

    [Fact]
    public async Task The_node_says_so_stays_in_rotation_and_leaves_the_removing_to_the_others()
    {
        await using var right = await StartAsync(TimeSpan.Zero, first: true);
        await using var wrong = await StartAsync(TimeSpan.FromDays(5));
        await PairAsync(await right.Http.LoginV3Async());

        Assert.Equal("""{"status":"ready"}""", await ReadyAsync(right));
        Assert.Equal("""{"status":"ready","warnings":["clock"]}""", await ReadyAsync(wrong));
        await Until.HoldsAsync(() => wrong.Log.Lines.Any(IsAboutItsClock), "the node has said that its clock is wrong");
        Assert.Matches(@"is 43(1999|2000|2001) s ahead", wrong.Log.Lines.Single(IsAboutItsClock));
        Assert.DoesNotContain(right.Log.Lines, IsAboutItsClock);

        // One session has ended by the database's clock, the other only by that of the wrong node.
        await PairAsync(await right.Http.LoginV3Async());
        await EndOneAsync();
        var retention = new Retention { Sessions = TimeSpan.Zero };
        var inDoubt = await SweepAsync(wrong, retention);
        Assert.Equal((true, 0), (inDoubt.ClockInDoubt, inDoubt.Sessions));
        var swept = await SweepAsync(right, retention);
        Assert.Equal((true, 1), (swept.Led, swept.Sessions));
    }

    private async Task EndOneAsync()
    {
        await using var source = NpgsqlDataSource.Create(database);
        await using var command = source.CreateCommand(
            "UPDATE sessions SET access_expires_at = 1, refresh_expires_at = 1, longest_access = 0 "
                + "WHERE id = (SELECT id FROM sessions ORDER BY id LIMIT 1)"
        );
        Assert.Equal(1, await command.ExecuteNonQueryAsync(Cancel));
    }

    // A sweep of a node's own may have the lead at that moment.
    private static async Task<Swept> SweepAsync(TurnstoneServer node, Retention retention)
    {
        while (true)
        {
            var swept = await node.Services.GetRequiredService<Store>().Upkeep.SweepAsync(retention, Cancel);
            if (swept.Led || swept.ClockInDoubt)
            {
                return swept;
            }
        }
    }

    private Task<TurnstoneServer> StartAsync(TimeSpan ahead, bool first = false) =>
        TurnstoneServer.StartAsync(
            Map,
            [
                $"ConnectionStrings:Turnstone={database}",
                "Turnstone:MasterKey=c2FtZSBrZXkgb24gZXZlcnkgbm9kZSwgMzIgYnl0ZXM=",
                "Turnstone:Contracts:SessionV3:EarlyRefresh=Allow",
            ],
            services =>
            {
                services.Replace(ServiceDescriptor.Singleton(new DatabaseTime(new WrongClock(ahead))));
                if (first)
                {
                    services.AddSingleton<IPreparationStep, Known>();
                }
            }
        );

    private static void Map(IEndpointRouteBuilder endpoints)
    {
        AllContracts.MapAll(endpoints);
        endpoints.MapHealth();
    }

    private static async Task<(string Access, string Refresh)> PairAsync(HttpResponseMessage answer)
    {
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var pair = await answer.JsonAsync();
        return (pair.GetProperty("access_token").GetString()!, pair.GetProperty("refresh_token").GetString()!);
    }

    private static async Task<HttpStatusCode> UseAsync(TurnstoneServer server, string access)
    {
        using var answer = await server.Http.WithBearerAsync(HttpMethod.Get, "/v3/individuals", access);
        return answer.StatusCode;
    }

    private static bool IsAboutItsClock(string line) =>
        line.Contains("ahead of the database's", StringComparison.Ordinal);

    private static Task<string> ReadyAsync(TurnstoneServer server) =>
        server.Http.GetStringAsync(new Uri("/health/ready", UriKind.Relative), Cancel);

    /// <summary>This machine's clock, which shows another time of day than it should.</summary>
    private sealed class WrongClock(TimeSpan ahead) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + ahead;
    }
}
