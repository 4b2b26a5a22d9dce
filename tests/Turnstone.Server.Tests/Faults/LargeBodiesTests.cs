using System.Net.Sockets;
using System.Text;
using Turnstone.Server.Tests.Contracts;

namespace Turnstone.Server.Tests.Faults;

/// <summary>
/// A body whose length nobody said runs into the server's own bound at a moment of its own: what is said of it is the
/// same each time, and can be read by who reads.
/// </summary>
public sealed class LargeBodiesTests
{
    private static readonly string Chunk = $"1000\r\n{new string(' ', 0x1000)}\r\n";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/v3/auth/login", "application/json")]
    [InlineData("/oauth2/token", "application/x-www-form-urlencoded")]
    public async Task A_large_body_of_unknown_length_is_too_large_each_time(string path, string mediaType)
    {
        await using var server = await TurnstoneServer.StartAsync(AllContracts.MapAll);
        var answers = new List<string>();
        for (var i = 0; i < 30; i++)
        {
            answers.Add(
                await SendAsync(
                    server,
                    $"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: {mediaType}\r\nTransfer-Encoding: "
                        + "chunked\r\n\r\n",
                    chunks: 17 + i
                )
            );
        }

        Assert.All(answers, answer => Assert.Equal("HTTP/1.1 413", answer));
    }

    /// <summary>
    /// The status of the answer: the server may close on what is still being sent, but not on what it has answered.
    /// </summary>
    private static async Task<string> SendAsync(TurnstoneServer server, string head, int chunks)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(server.BaseAddress.Host, server.BaseAddress.Port, Cancel);
        var (stream, answer) = (client.GetStream(), new byte["HTTP/1.1 413".Length]);
        var read = stream.ReadAtLeastAsync(answer, answer.Length, throwOnEndOfStream: false, Cancel).AsTask();
        try
        {
            await stream.WriteAsync(
                Encoding.ASCII.GetBytes(head + string.Concat(Enumerable.Repeat(Chunk, chunks)) + "0\r\n\r\n"),
                Cancel
            );
        }
        catch (IOException)
        {
            // Closed in the middle of the body.
        }

        return Encoding.ASCII.GetString(answer, 0, await read);
    }
}
