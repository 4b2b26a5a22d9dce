using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Turnstone.Credentials.Passwords;
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
        await using var server = await StartAsync("Turnstone:Passwords:Width=1", "Turnstone:Passwords:Queue=1");
        using var login = await server.Http.LoginV2Async();
        var refreshToken = await login.RefreshOfSetAsync();
        using var busy = new ManualResetEventSlim();
        var begun = new TaskCompletionSource();
        var lane = server.Services.GetRequiredService<PasswordLane>();
        var share = LaneShare.Of(Turnstone.Model.Caller.Operator, "@");
        var held = lane.RunAsync(share, Hold, CancellationToken.None);
        await begun.Task.WaitAsync(TestContext.Current.CancellationToken);
        var waiting = lane.RunAsync(share, Hold, CancellationToken.None);
        try
        {
            await IsReadyBesideAsync(server, "passwords");
            using var refused = await server.Http.LoginV2Async();
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            using var refresh = await server.Http.RefreshV2Async(refreshToken);
            Assert.Equal(HttpStatusCode.Created, refresh.StatusCode);
        }
        finally
        {
            busy.Set();
            await Task.WhenAll(held, waiting);
        }

        object Hold()
        {
            begun.TrySetResult();
            busy.Wait();
            return lane;
        }
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
            // One is in the writer's hand, one fills the queue, the others are refused.
            var store = server.Services.GetRequiredService<Storage.Store>();
            await Until.HoldsAsync(
                () =>
                {
                    waiting.Add(server.Http.LoginV3Async());
                    return store.QueueDepth == store.QueueCapacity;
                },
                TimeSpan.FromSeconds(10),
                "the queue is full"
            );

            await IsReadyBesideAsync(server, "queue");
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

    private static async Task IsReadyBesideAsync(TurnstoneServer server, string warning)
    {
        using var ready = await server.Http.GetAsync(
            new Uri("/health/ready", UriKind.Relative),
            TestContext.Current.CancellationToken
        );
        Assert.Equal(HttpStatusCode.OK, ready.StatusCode);
        Assert.Contains(
            (await ready.JsonAsync()).GetProperty("warnings").EnumerateArray(),
            name => name.GetString() == warning
        );
    }
}
