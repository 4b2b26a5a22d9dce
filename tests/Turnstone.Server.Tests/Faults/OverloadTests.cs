using System.Net;
using System.Net.Sockets;
using System.Text;
using Turnstone.Server.Tests.Dialects;

namespace Turnstone.Server.Tests.Faults;

/// <summary>More requests than a node works on at once: those that were let in are done, the others are refused at once and change nothing.</summary>
public sealed class OverloadTests
{
    private const string OneAtATime = "Turnstone:Limits:RequestsInWork=1";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_beyond_the_bound_is_refused_at_once_in_its_contracts_shape_and_what_was_let_in_is_done()
    {
        await using var server = await TurnstoneServer.StartAsync(Contracts.MapAll, [OneAtATime]);
        var refreshToken = await (await server.Http.LoginV2Async()).RefreshOfSetAsync();
        List<Task<HttpResponseMessage>> asked;
        using (await StoreLock.TakeAsync(server))
        {
            asked = [.. Enumerable.Range(0, 4).Select(_ => server.Http.RefreshV2Async(refreshToken))];
            for (var refused = 0; refused < 3; refused++)
            {
                var first = await Task.WhenAny(asked);
                asked.Remove(first);
                await Golden.CheckAsync(await first, "auth-v2-503");
            }

            // Another path has room of its own.
            var login = server.Http.LoginV3Async();
            Assert.False(asked.Single().IsCompleted || login.IsCompleted);
            asked.Add(login);
        }

        Assert.All(await Task.WhenAll(asked), answer => Assert.True(answer.IsSuccessStatusCode));
    }

    [Fact]
    public async Task A_body_that_is_still_on_its_way_holds_no_place()
    {
        await using var server = await TurnstoneServer.StartAsync(Contracts.MapAll, [OneAtATime]);
        var refreshToken = await (await server.Http.LoginV2Async()).RefreshOfSetAsync();
        using var first = await BeginAsync(server);
        using var second = await BeginAsync(server);

        using var answer = await server.Http.RefreshV2Async(refreshToken);

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
    }

    [Fact]
    public async Task A_body_that_is_too_large_and_then_does_not_end_holds_no_place()
    {
        await using var server = await TurnstoneServer.StartAsync(Contracts.MapAll, [OneAtATime]);
        using var endless = new TcpClient();
        await endless.ConnectAsync(server.BaseAddress.Host, server.BaseAddress.Port, Cancel);
        await endless.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
            $"POST /v3/auth/refresh HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n5000\r\n{new string(' ', (16 * 1024) + 1)}"), Cancel);

        // It is answered while its sender is silent: nothing waits for the rest.
        var answered = new byte["HTTP/1.1 413".Length];
        await endless.GetStream().ReadExactlyAsync(answered, Cancel).AsTask().WaitAsync(TimeSpan.FromSeconds(20), Cancel);

        Assert.Equal("HTTP/1.1 413", Encoding.ASCII.GetString(answered));
    }

    [Fact]
    public async Task What_is_answered_from_memory_is_never_one_too_many()
    {
        await using var server = await TurnstoneServer.StartAsync(Contracts.MapAll, [OneAtATime]);
        var token = (await (await server.Http.LoginV3Async()).JsonAsync()).GetProperty("access_token").GetString()!;

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => server.Http.WithBearerAsync(HttpMethod.Get, "/v3/individuals", token)));

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
    }

    // The server asks for the rest (100 Continue) when the call begins to read it.
    private static async Task<TcpClient> BeginAsync(TurnstoneServer server)
    {
        var client = new TcpClient();
        await client.ConnectAsync(server.BaseAddress.Host, server.BaseAddress.Port, Cancel);
        var head = $"POST /auth/v2/refresh HTTP/1.1\r\nHost: x\r\nSubscription-Key: {Known.SubscriptionKey}\r\nContent-Type: application/json\r\nContent-Length: 100\r\nExpect: 100-continue\r\n\r\n";
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head), Cancel);
        var asked = new byte["HTTP/1.1 100".Length];
        await client.GetStream().ReadExactlyAsync(asked, Cancel);
        Assert.Equal("HTTP/1.1 100", Encoding.ASCII.GetString(asked));
        return client;
    }
}
