using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Turnstone.Limits;
using Turnstone.Server.Settings;

namespace Turnstone.Server.Hosting.Connections;

/// <summary>
/// Kestrel's sockets with bounds. They are kept where connections are accepted: the next is not accepted before there
/// is room for it, so the limit of open files is not reached however fast they come. Kestrel's own
/// MaxConcurrentConnections refuses the newest, and whoever came first would keep everybody out.
/// </summary>
internal sealed class BoundedTransport(
    SocketTransportFactory sockets,
    TurnstoneSettings settings,
    TrustedProxies proxies,
    TimeProvider time,
    ILogger<BoundedTransport> log
) : IConnectionListenerFactory, IConnectionListenerFactorySelector, IDisposable
{
    private OpenConnections? connections;

    public bool CanBind(EndPoint endpoint) => sockets.CanBind(endpoint);

    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken)
    {
        // Once everything else has been opened. Endpoints are bound one after another.
        connections ??= new OpenConnections(Bounds(), time);
        return new Listener(await sockets.BindAsync(endpoint, cancellationToken), this);
    }

    public void Dispose() => connections?.Dispose();

    private ConnectionBounds Bounds()
    {
        var wanted = settings.Connections;
        var total = wanted.Total;
        if (OpenFiles.Read() is { } files && files.Room < total)
        {
            total = files.Room;
            log.FewOpenFiles(files.Limit, total, wanted.Total, files.Open + OpenFiles.Reserve + wanted.Total);
        }

        return new(total, wanted.PerAddress, TimeSpan.FromSeconds(wanted.FirstRequestSeconds));
    }

    private BoundedConnection? Count(ConnectionContext connection)
    {
        var address = (connection.RemoteEndPoint as IPEndPoint)?.Address ?? IPAddress.None;
        var counted = new OpenConnection(
            NetworkPrefix.Of(address),
            proxies.Contains(address),
            () => connection.Abort(new ConnectionAbortedException("Another connection took its place.")),
            time
        );
        if (!connections!.TryAdd(counted))
        {
            return null;
        }

        connection.Features.Set(counted);
        return new BoundedConnection(connection, connections, counted);
    }

    private sealed class Listener(IConnectionListener inner, BoundedTransport transport) : IConnectionListener
    {
        public EndPoint EndPoint => inner.EndPoint;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            while (await inner.AcceptAsync(cancellationToken) is { } connection)
            {
                if (transport.Count(connection) is { } counted)
                {
                    return counted;
                }

                connection.Abort(new ConnectionAbortedException("There are too many connections."));
                await connection.DisposeAsync();
            }

            return null;
        }

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default) =>
            inner.UnbindAsync(cancellationToken);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
