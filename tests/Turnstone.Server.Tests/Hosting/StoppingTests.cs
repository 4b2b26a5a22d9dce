using System.Net.Sockets;
using System.Text;

namespace Turnstone.Server.Tests.Hosting;

public sealed class StoppingTests
{
    [Fact]
    public async Task A_request_in_flight_is_answered_although_the_server_was_told_to_stop()
    {
        const string body = """{"api_key":"none"}""";
        await using var server = await ServerProcess.StartAsync();
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", server.Http.BaseAddress!.Port, TestContext.Current.CancellationToken);
        await using var stream = client.GetStream();
        await SendAsync(
            stream,
            "POST /v3/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                + $"Content-Length: {body.Length}\r\nExpect: 100-continue\r\n\r\n"
        );
        using var reader = new StreamReader(stream);

        // The handler asks for the body: from here on the request is in flight.
        Assert.Equal("HTTP/1.1 100 Continue", await reader.ReadLineAsync(TestContext.Current.CancellationToken));
        server.Terminate();
        await UntilNotListeningAsync(server);
        Assert.False(server.HasExited);
        await SendAsync(stream, body);
        Assert.Equal("", await reader.ReadLineAsync(TestContext.Current.CancellationToken));
        Assert.StartsWith(
            "HTTP/1.1 401",
            await reader.ReadLineAsync(TestContext.Current.CancellationToken),
            StringComparison.Ordinal
        );
        Assert.Equal(0, await server.ExitAsync());
    }

    [Fact]
    public async Task A_server_that_is_told_to_stop_says_so_and_serves_new_connections_until_it_is_drained()
    {
        await using var server = await ServerProcess.StartAsync(
            new Dictionary<string, string> { ["Turnstone:DrainSeconds"] = "2" }
        );
        server.Terminate();
        var told = TimeProvider.System.GetTimestamp();
        HttpResponseMessage ready;
        do
        {
            ready = await server.Http.GetAsync(
                new Uri("/health/ready", UriKind.Relative),
                TestContext.Current.CancellationToken
            );
        } while (ready.IsSuccessStatusCode);

        Assert.Equal(
            """{"status":"not ready","missing":["stopping"]}""",
            await ready.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)
        );
        using (var another = new HttpClient { BaseAddress = server.Http.BaseAddress })
        {
            using var refused = await another.LoginV3Async("none");
            Assert.Equal(401, (int)refused.StatusCode);
        }

        Assert.Equal(0, await server.ExitAsync());
        Assert.True(TimeProvider.System.GetElapsedTime(told) >= TimeSpan.FromSeconds(2));
    }

    [Fact]
    public async Task A_server_that_is_killed_starts_again_on_what_it_had()
    {
        var folder = ServerProcess.NewFolder();
        await using (var killed = await ServerProcess.StartAsync(folder: folder))
        {
            await killed.KillAsync();
        }

        await using (var again = await ServerProcess.StartAsync(folder: folder))
        {
            Assert.Equal(0, await again.StopAsync());
        }

        System.IO.Directory.Delete(folder, recursive: true);
    }

    private static async Task SendAsync(NetworkStream stream, string text) =>
        await stream.WriteAsync(Encoding.ASCII.GetBytes(text), TestContext.Current.CancellationToken);

    private static async Task UntilNotListeningAsync(ServerProcess server)
    {
        for (var i = 0; i < 400; i++)
        {
            try
            {
                using var probe = new TcpClient();
                await probe.ConnectAsync("127.0.0.1", server.Http.BaseAddress!.Port);
            }
            catch (SocketException)
            {
                return;
            }

            await Task.Delay(25);
        }

        Assert.Fail("The server still takes new connections.");
    }
}
