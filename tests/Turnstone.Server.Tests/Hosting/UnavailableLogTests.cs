using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using Turnstone.Server.Hosting;
using Turnstone.Server.Tests.Contracts;
using Turnstone.Storage;
using Turnstone.Testing;

namespace Turnstone.Server.Tests.Hosting;

/// <summary>What an operator finds in the log of a service that refuses.</summary>
public sealed class UnavailableLogTests : IDisposable
{
    private readonly FakeTimeProvider time = new();
    private readonly WrittenLog written = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => written.Dispose();

    [Fact]
    public async Task While_the_store_is_away_the_log_says_so_once_and_ten_seconds_later_how_often()
    {
        await using var server = await TurnstoneServer.StartAsync(AllContracts.MapAll);
        using (await StoreLock.TakeAsync(server))
        {
            await Task.WhenAll(RefusedAsync(), RefusedAsync());
            server.Time.Advance(TimeSpan.FromSeconds(10));
            await RefusedAsync();
        }

        var lines = server.Log.Lines.Where(line => line.Contains(" 1020 ", StringComparison.Ordinal)).ToList();
        Assert.Equal(2, lines.Count);
        Assert.Contains(
            "1 requests were answered 503, the last POST /v3/auth/login",
            lines[0],
            StringComparison.Ordinal
        );
        Assert.Contains(nameof(StoreUnavailableException), lines[0], StringComparison.Ordinal);
        Assert.Contains("2 requests were answered 503", lines[1], StringComparison.Ordinal);

        async Task RefusedAsync()
        {
            using var answer = await server.Http.LoginV3Async();
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        }
    }

    [Fact]
    public async Task That_the_password_lane_is_full_is_told_from_a_store_that_is_away()
    {
        await using var server = await TurnstoneServer.StartAsync(AllContracts.MapAll, FullPasswordLane.Settings);
        await using (await FullPasswordLane.TakeAsync(server))
        {
            using var answer = await server.Http.LoginV2Async();
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        }

        Assert.Contains(server.Log.Lines, line => line.Contains(" 1025 ", StringComparison.Ordinal));
        Assert.DoesNotContain(server.Log.Lines, line => line.Contains(" 1020 ", StringComparison.Ordinal));
    }

    /// <summary>That the queue of writes is full (1024): <see cref="Attacks.FullLaneTests"/>.</summary>
    [Fact]
    public async Task That_all_connections_are_in_use_is_told_from_a_store_that_is_away()
    {
        await using var postgres = new PostgresServer();
        var database = await postgres.CreateDatabaseAsync();
        await using (
            var server = await InProcess.ServeAsync(
                settings: new Dictionary<string, string>
                {
                    ["ConnectionStrings:Turnstone"] = $"{database};Maximum Pool Size=2;Timeout=1",
                    ["Turnstone:MasterKey"] = "c2FtZSBrZXkgb24gZXZlcnkgbm9kZSwgMzIgYnl0ZXM=",
                }
            )
        )
        {
            await using (var held = new NpgsqlConnection($"{database};Pooling=false"))
            {
                await held.OpenAsync(Cancel);
                await using var hold = new NpgsqlCommand("BEGIN; LOCK TABLE api_keys IN ACCESS EXCLUSIVE MODE", held);
                await hold.ExecuteNonQueryAsync(Cancel);
                var answers = await Task.WhenAll(
                    Enumerable.Range(0, 6).Select(_ => server.Http.LoginV3Async("a key that nobody has"))
                );
                Assert.All(answers, answer => Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode));
            }

            Assert.Contains("Warning 1023: All connections", server.Output, StringComparison.Ordinal);
        }

        await postgres.DropDatabaseAsync(database);
    }

    [Theory]
    [InlineData(UnavailableCause.StoreDown, 1020)]
    [InlineData(UnavailableCause.ConnectionsTaken, 1023)]
    [InlineData(UnavailableCause.QueueFull, 1024)]
    [InlineData(UnavailableCause.Conflict, 1027)]
    [InlineData(UnavailableCause.NotReady, 1028)]
    [InlineData(UnavailableCause.SchemaTooNew, 1035)]
    public void Each_cause_has_an_event_of_its_own_and_does_not_silence_another(UnavailableCause cause, int id)
    {
        var log = Log();
        var context = new DefaultHttpContext();
        log.RequestsFull(context);
        log.Refused(new StoreUnavailableException("Away.") { Cause = cause }, context);
        log.Refused(new StoreUnavailableException("Away.") { Cause = cause }, context);

        Assert.Equal(["1026", $"{id}"], written.Lines.Select(line => line.Split(' ')[2]));
    }

    private UnavailableLog Log()
    {
        using var factory = LoggerFactory.Create(logging => logging.AddProvider(written));
        return new UnavailableLog(time, factory.CreateLogger<UnavailableLog>());
    }
}
