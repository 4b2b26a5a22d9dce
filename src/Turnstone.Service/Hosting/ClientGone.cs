using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Turnstone.Server.Hosting;

/// <summary>Whether the client of a request has left, so that nobody waits for the answer.</summary>
internal static class ClientGone
{
    // TCP_INFO of Linux: its first byte is the state.
    private const int Tcp = 6;
    private const int TcpInfo = 11;

    // The states of a connection that the client has ended or reset.
    private const byte Close = 7;
    private const byte CloseWait = 8;
    private const byte LastAck = 9;

    /// <summary>Whether a request failed because of it.</summary>
    /// <remarks>
    /// The token is cancelled a moment after a read has failed, so the failure itself is looked at too. After a reset
    /// the body's reader is unusable: who catches it must not read again.
    /// </remarks>
    public static bool Is(Exception problem, HttpContext context) =>
        problem is ConnectionResetException or OperationCanceledException { InnerException: ConnectionAbortedException }
        || (problem is OperationCanceledException && Watch(context)());

    /// <summary>
    /// Asks whether it has left, as often as one likes. The request's token is cancelled a moment after the end of the
    /// connection was read; a node that stood still goes on with its requests in that moment. So the connection is
    /// asked as well.
    /// </summary>
    public static Func<bool> Watch(HttpContext context)
    {
        var (aborted, socket) = (context.RequestAborted, context.Features.Get<IConnectionSocketFeature>()?.Socket);
        return () => aborted.IsCancellationRequested || (socket is not null && IsEnded(socket));
    }

    /// <summary>Ends the request without an answer.</summary>
    public static void Dismiss(HttpContext context)
    {
        // An answer that has begun cannot be changed. Kestrel would try to read the rest of the body.
        context.Abort();
        if (!context.Response.HasStarted)
        {
            context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
        }
    }

    private static bool IsEnded(Socket socket)
    {
        if (!OperatingSystem.IsLinux() || socket.ProtocolType is not ProtocolType.Tcp)
        {
            return false;
        }

        try
        {
            Span<byte> state = stackalloc byte[1];
            return socket.GetRawSocketOption(Tcp, TcpInfo, state) == 1
                && state[0] is (Close or CloseWait or LastAck);
        }
        catch (SocketException)
        {
            // A sandbox may not tell. Then the request is decided as one that is waited for.
            return false;
        }
        catch (ObjectDisposedException)
        {
            return true;
        }
    }
}
