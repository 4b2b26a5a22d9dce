using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using Turnstone.Server.Tests.Contracts;

namespace Turnstone.Server.Tests.Faults;

/// <summary>
/// Senders that never come to an end are cut off, whichever way they never end, and others are served meanwhile.
/// </summary>
public sealed class SlowSendersTests
{
    private const string Json = "POST /v3/auth/refresh HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Heads_and_bodies_that_do_not_end_are_cut_off_and_others_are_served_meanwhile()
    {
        await using var server = await TurnstoneServer.StartAsync(AllContracts.MapAll);
        var (aByteASecond, atOnce) = (TimeSpan.FromSeconds(1), TimeSpan.Zero);
        var cut = Task.WhenAll(
            CutOffAsync(
                server,
                "POST /v3/auth/refresh HTTP/1.1\r\nX: ",
                "x",
                aByteASecond,
                within: TimeSpan.FromSeconds(16)
            ),
            CutOffAsync(
                server,
                $"{Json}Content-Length: 1000\r\n\r\n{{",
                " ",
                aByteASecond,
                within: TimeSpan.FromSeconds(9)
            ),
            CutOffAsync(
                server,
                $"{Json}Transfer-Encoding: chunked\r\n\r\n",
                "1\r\n \r\n",
                aByteASecond,
                within: TimeSpan.FromSeconds(9)
            ),
            CutOffAsync(
                server,
                $"{Json}Transfer-Encoding: chunked\r\n\r\n",
                $"400\r\n{new string(' ', 1024)}\r\n",
                atOnce,
                within: TimeSpan.FromSeconds(5)
            ),
            CutOffAsync(
                server,
                $"{Json}Content-Length: 1000000000\r\n\r\n",
                new string(' ', 1024),
                atOnce,
                within: TimeSpan.FromSeconds(5)
            )
        );
        var served = 0;
        for (; !cut.IsCompleted; served++)
        {
            using var answer = await server.Http.GetAsync(
                new Uri("/.well-known/openid-configuration", UriKind.Relative),
                Cancel
            );
            Assert.True(answer.IsSuccessStatusCode);
            await Task.Delay(50, Cancel);
        }

        await cut;
        Assert.True(served > 0);
    }

    /// <summary>
    /// Sends a beginning and then the same again and again until the server closes; fails when that was too late.
    /// </summary>
    private static async Task CutOffAsync(
        TurnstoneServer server,
        string begin,
        string more,
        TimeSpan pause,
        TimeSpan within
    )
    {
        using var client = new TcpClient();
        await client.ConnectAsync(server.BaseAddress.Host, server.BaseAddress.Port, Cancel);
        var (stream, clock) = (client.GetStream(), Stopwatch.StartNew());
        var closing = ReadToEndAsync(stream, clock);
        try
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes(begin), Cancel);
            while (!closing.IsCompleted && clock.Elapsed < within)
            {
                await Task.Delay(pause, Cancel);
                await stream.WriteAsync(Encoding.ASCII.GetBytes(more), Cancel);
            }
        }
        catch (IOException)
        {
            // Closed in the middle of a write.
        }

        var (answer, after) = await closing.WaitAsync(TimeSpan.FromSeconds(5), Cancel);
        Assert.True(after < within, $"Open for {after}: {begin}");
        Assert.True(answer.Length == 0 || answer.StartsWith("HTTP/1.1 4", StringComparison.Ordinal), answer);
    }

    private static async Task<(string Answer, TimeSpan After)> ReadToEndAsync(NetworkStream stream, Stopwatch clock)
    {
        using var reader = new StreamReader(stream, Encoding.ASCII, leaveOpen: true);
        var answer = "";
        try
        {
            answer = await reader.ReadToEndAsync(Cancel);
        }
        catch (IOException)
        {
            // Closed on what was still on its way.
        }

        return (answer, clock.Elapsed);
    }
}
