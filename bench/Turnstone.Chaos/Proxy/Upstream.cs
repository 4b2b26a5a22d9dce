using System.Net;
using System.Net.Sockets;

namespace Turnstone.Chaos.Proxy;

/// <summary>The servers behind a proxy.</summary>
/// <param name="servers">Where requests go, in turn; one that refuses the connection is passed over.</param>
/// <param name="end">The end of the proxy.</param>
internal sealed class Upstream(IReadOnlyList<Uri> servers, CancellationToken end)
{
    private long count;

    /// <summary>Sends a request to a server and reads its answer; null if there is none.</summary>
    /// <param name="request">It.</param>
    /// <param name="left">Its client has left: what was sent arrives, and the connection ends after it.</param>
    /// <param name="whole">Whether that is all of it.</param>
    public async Task<HttpMessage?> ForwardAsync(
        ReadOnlyMemory<byte> request,
        CancellationToken left,
        bool whole = true
    )
    {
        var first = (int)(Interlocked.Increment(ref count) % servers.Count);
        for (var i = 0; i < servers.Count; i++)
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(IPAddress.Loopback, servers[(first + i) % servers.Count].Port, end);
            }
            catch (SocketException)
            {
                continue;
            }

            return await SendAsync(socket, request, whole, left);
        }

        return null;
    }

    private async Task<HttpMessage?> SendAsync(
        Socket socket,
        ReadOnlyMemory<byte> request,
        bool whole,
        CancellationToken left
    )
    {
        await using var stream = new NetworkStream(socket);
        try
        {
            await stream.WriteAsync(request, end);
            if (!whole)
            {
                FaultProxy.Reset(socket);
                return null;
            }

            return await HttpMessage.ReadToEndAsync(stream, left);
        }
        catch (Exception reason)
            when (reason is IOException || (reason is OperationCanceledException && !end.IsCancellationRequested))
        {
            return null;
        }
    }
}
