using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Turnstone.Server.Tests.Contracts;
using Turnstone.Tokens;

namespace Turnstone.Server.Tests.Faults;

/// <summary>
/// More requests than a node works on at once: those that were let in are done, the others are refused at once and
/// change nothing.
/// </summary>
public sealed class OverloadTests
{
    private const string OneAtATime = "Turnstone:Limits:RequestsInWork=1";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_beyond_the_bound_is_refused_at_once_in_its_contracts_shape_and_what_was_let_in_is_done()
    {
        await using var server = await TurnstoneServer.StartAsync(AllContracts.MapAll, [OneAtATime]);
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
        Assert.Single(server.Log.Lines, line => line.Contains(" 1026 ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_body_that_is_still_on_its_way_holds_no_place()
    {
        await using var server = await TurnstoneServer.StartAsync(AllContracts.MapAll, [OneAtATime]);
        var refreshToken = await (await server.Http.LoginV2Async()).RefreshOfSetAsync();
        using var first = await BeginAsync(server);
        using var second = await BeginAsync(server);

        using var answer = await server.Http.RefreshV2Async(refreshToken);

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
    }

    [Fact]
    public async Task A_body_that_is_too_large_and_then_does_not_end_holds_no_place()
    {
        await using var server = await TurnstoneServer.StartAsync(AllContracts.MapAll, [OneAtATime]);
        using var endless = new TcpClient();
        await endless.ConnectAsync(server.BaseAddress.Host, server.BaseAddress.Port, Cancel);
        await endless
            .GetStream()
            .WriteAsync(
                Encoding.ASCII.GetBytes(
                    "POST /v3/auth/refresh HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                        + $"Transfer-Encoding: chunked\r\n\r\n5000\r\n{new string(' ', (16 * 1024) + 1)}"
                ),
                Cancel
            );

        // It is answered while its sender is silent: nothing waits for the rest.
        var answered = new byte["HTTP/1.1 413".Length];
        await endless
            .GetStream()
            .ReadExactlyAsync(answered, Cancel)
            .AsTask()
            .WaitAsync(TimeSpan.FromSeconds(20), Cancel);

        Assert.Equal("HTTP/1.1 413", Encoding.ASCII.GetString(answered));
    }

    [Fact]
    public async Task What_is_answered_from_memory_is_never_one_too_many()
    {
        await using var server = await TurnstoneServer.StartAsync(AllContracts.MapAll, [OneAtATime]);
        var token = (await (await server.Http.LoginV3Async()).JsonAsync()).GetProperty("access_token").GetString()!;

        var answers = await Task.WhenAll(
            Enumerable.Range(0, 50).Select(_ => server.Http.WithBearerAsync(HttpMethod.Get, "/v3/individuals", token))
        );

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
    }

    [Fact]
    public async Task Who_does_not_wait_as_he_was_told_is_answered_at_once_and_then_not_listened_to_for_that_second()
    {
        await using var server = await TurnstoneServer.StartAsync(AllContracts.MapAll, [OneAtATime]);
        using var full = await FullAsync(server);
        using var client = OneConnection(server);

        await RefusedAsync(client, full.RefreshToken);
        var again = await RefusedAsync(client, full.RefreshToken);
        var third = await RefusedAsync(client, full.RefreshToken);

        Assert.True(
            third > TimeSpan.FromSeconds(0.9) && again < third / 2,
            $"The second answer took {again}, the third {third}."
        );
    }

    [Fact]
    public async Task Who_waits_as_he_was_told_is_always_listened_to()
    {
        await using var server = await TurnstoneServer.StartAsync(AllContracts.MapAll, [OneAtATime]);
        using var full = await FullAsync(server);
        using var client = OneConnection(server);

        var took = TimeSpan.Zero;
        for (var i = 0; i < 8; i++)
        {
            took += await RefusedAsync(client, full.RefreshToken);
            server.Time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.True(took < TimeSpan.FromSeconds(4), $"Eight refusals took {took}.");
    }

    [Fact]
    public async Task The_connection_of_a_proxy_is_always_listened_to_because_it_is_not_one_callers()
    {
        await using var server = await TurnstoneServer.StartAsync(
            AllContracts.MapAll,
            [OneAtATime, "Turnstone:Proxies:Trusted:0=127.0.0.1"]
        );
        using var full = await FullAsync(server);
        using var client = OneConnection(server);

        var took = TimeSpan.Zero;
        for (var i = 0; i < 8; i++)
        {
            took += await RefusedAsync(client, full.RefreshToken);
        }

        Assert.True(took < TimeSpan.FromSeconds(4), $"Eight refusals took {took}.");
    }

    private static async Task<TimeSpan> RefusedAsync(HttpClient client, string refreshToken)
    {
        var clock = Stopwatch.StartNew();
        using var answer = await client.RefreshV2Async(refreshToken);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        return clock.Elapsed;
    }

    private static HttpClient OneConnection(TurnstoneServer server) =>
        new(new SocketsHttpHandler { MaxConnectionsPerServer = 1 }) { BaseAddress = server.BaseAddress };

    // Of two refreshes while the store is closed one is refused, so the other has the only place.
    private static async Task<FullServer> FullAsync(TurnstoneServer server)
    {
        var refreshToken = await (await server.Http.LoginV2Async()).RefreshOfSetAsync();
        var closed = await StoreLock.TakeAsync(server);
        using var refused = await await Task.WhenAny(
            server.Http.RefreshV2Async(refreshToken),
            server.Http.RefreshV2Async(refreshToken)
        );
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        return new(closed, refreshToken);
    }

    private sealed record FullServer(StoreLock Closed, string RefreshToken) : IDisposable
    {
        public void Dispose() => Closed.Dispose();
    }

    // The server asks for the rest (100 Continue) when the call begins to read it.
    private static async Task<TcpClient> BeginAsync(TurnstoneServer server)
    {
        var client = new TcpClient();
        await client.ConnectAsync(server.BaseAddress.Host, server.BaseAddress.Port, Cancel);
        var head =
            $"POST /auth/v2/refresh HTTP/1.1\r\nHost: x\r\nSubscription-Key: {Known.SubscriptionKey}\r\n"
            + "Content-Type: application/json\r\nContent-Length: 100\r\nExpect: 100-continue\r\n\r\n";
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head), Cancel);
        var asked = new byte["HTTP/1.1 100".Length];
        await client.GetStream().ReadExactlyAsync(asked, Cancel);
        Assert.Equal("HTTP/1.1 100", Encoding.ASCII.GetString(asked));
        return client;
    }
}
