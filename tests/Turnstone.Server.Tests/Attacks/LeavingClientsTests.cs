using System.Net.Sockets;
using System.Text;
using Turnstone.Nodes.Cluster;
using Turnstone.Server.Tests.Portal;

namespace Turnstone.Server.Tests.Attacks;

/// <summary>Somebody who resets his connection within a body leaves no failure in the log.</summary>
public sealed class LeavingClientsTests
{
    private const string Form = "application/x-www-form-urlencoded";

    // The read of the body and the end of the request learn of it in either order.
    private const int Times = 40;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData("/auth/v2/login", "application/json")]
    [InlineData("/v3/auth/login", "application/json")]
    [InlineData("/oauth2/token", Form)]
    [InlineData("/oauth2/authorize", Form)]
    [InlineData("/portal/sign-in", Form)]
    [InlineData("/portal/sign-in", "multipart/form-data; boundary=b")]
    public async Task A_reset_within_a_body_is_no_failure_of_ours(string path, string type)
    {
        TurnstoneServer server;
        await using (server = await PortalServer.StartAsync())
        {
            for (var i = 0; i < Times; i++)
            {
                await ResetWithinBodyAsync(server, path, type);
            }

            // 499: nobody is left to answer.
            var answered = $"POST {path} was answered 499";
            await Until.HoldsAsync(
                () => server.Log.Lines.Count(line => line.Contains(answered, StringComparison.Ordinal)) == Times,
                Patience,
                "the requests have ended"
            );
        }

        // Looked at when the connection has ended too.
        Assert.DoesNotContain(server.Log.Lines, line => line.StartsWith("Error ", StringComparison.Ordinal));
    }

    /// <summary>The server says when it begins to read the body (RFC 9110 §10.1.1).</summary>
    private static async Task ResetWithinBodyAsync(TurnstoneServer server, string path, string type)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp)
        {
            LingerState = new LingerOption(enable: true, seconds: 0),
        };
        await socket.ConnectAsync(
            server.BaseAddress.Host,
            server.BaseAddress.Port,
            TestContext.Current.CancellationToken
        );
        await socket.SendAsync(
            Encoding.ASCII.GetBytes(
                $"POST {path} HTTP/1.1\r\nHost: {server.BaseAddress.Authority}\r\nContent-Type: {type}\r\n"
                    + $"Subscription-Key: {Known.SubscriptionKey}\r\n"
                    + "Content-Length: 100\r\nExpect: 100-continue\r\n\r\n"
            ),
            TestContext.Current.CancellationToken
        );
        var told = new byte[100];
        await socket.ReceiveAsync(told, TestContext.Current.CancellationToken);
        Assert.StartsWith("HTTP/1.1 100", Encoding.ASCII.GetString(told), StringComparison.Ordinal);
        await socket.SendAsync("a=b&c"u8.ToArray(), TestContext.Current.CancellationToken);
    }
}
