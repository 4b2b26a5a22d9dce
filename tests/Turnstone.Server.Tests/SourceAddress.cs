using System.Net;
using System.Net.Sockets;

namespace Turnstone.Server.Tests;

/// <summary>Connections from an address of the test's own: all of 127.0.0.0/8 is this machine.</summary>
internal static class SourceAddress
{
    public static SocketsHttpHandler Handler(string address) =>
        new()
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectCallback = async (context, cancellationToken) =>
                new NetworkStream(await ConnectAsync(address, context.DnsEndPoint.Port, cancellationToken), true),
        };

    public static async Task<Socket> ConnectAsync(string address, int port, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
            await socket.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
