using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Turnstone.Nodes.Cluster;
using Turnstone.Server.Hosting;
using Turnstone.Server.Tests.Contracts;

namespace Turnstone.Server.Tests.Attacks;

/// <summary>
/// A stranger who fills a queue does not have the node taken out of the load balancer: it serves whatever needs no
/// place in that queue.
/// </summary>
public sealed class FullLaneTests
{
    [Fact]
    public async Task A_node_whose_password_lane_is_full_is_ready_and_refreshes()
    {
        await using var server = await StartAsync(FullPasswordLane.Settings);
        using var login = await server.Http.LoginV2Async();
        var refreshToken = await login.RefreshOfSetAsync();
        await using var full = await FullPasswordLane.TakeAsync(server);

        Assert.True(await IsReadyBesideAsync(server, "passwords"));
        using var refused = await server.Http.LoginV2Async();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        using var refresh = await server.Http.RefreshV2Async(refreshToken);
        Assert.Equal(HttpStatusCode.Created, refresh.StatusCode);
    }

    [Fact]
    public async Task A_node_whose_queue_of_writes_is_full_is_ready_and_validates()
    {
        await using var server = await StartAsync("Turnstone:Storage:QueueCapacity=1");
        using var login = await server.Http.LoginV3Async();
        var pair = await login.JsonAsync();
        List<Task<HttpResponseMessage>> waiting = [];
        using (await StoreLock.TakeAsync(server))
        {
            // One is in the writer's hand, one fills the queue, the others are refused. The writer gives up after a
            // while and takes the next, so the queue is filled again until an answer has found it full.
            var store = server.Services.GetRequiredService<Storage.Store>();
            await Until.HoldsAsync(
                async () =>
                {
                    waiting.Add(server.Http.LoginV3Async());
                    return store.QueueDepth == store.QueueCapacity
                        && await IsReadyBesideAsync(server, "queue")
                        && server.Log.Lines.Any(line => line.Contains(" 1024 ", StringComparison.Ordinal));
                },
                "the node is ready with its queue full, and the log says that it is"
            );

            using var known = await server.Http.WithBearerAsync(
                HttpMethod.Get,
                "/v3/individuals",
                pair.GetProperty("access_token").GetString()!
            );
            Assert.Equal(HttpStatusCode.OK, known.StatusCode);
        }

        await Task.WhenAll(waiting);
    }

    private static Task<TurnstoneServer> StartAsync(params string[] settings) =>
        TurnstoneServer.StartAsync(
            endpoints =>
            {
                AllContracts.MapAll(endpoints);
                endpoints.MapHealth();
            },
            settings
        );

    private static async Task<bool> IsReadyBesideAsync(TurnstoneServer server, string warning)
    {
        using var ready = await server.Http.GetAsync(
            new Uri("/health/ready", UriKind.Relative),
            TestContext.Current.CancellationToken
        );
        return ready.StatusCode is HttpStatusCode.OK
            && (await ready.JsonAsync()).TryGetProperty("warnings", out var warnings)
            && warnings.EnumerateArray().Any(name => name.GetString() == warning);
    }
}
