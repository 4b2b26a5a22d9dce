using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Turnstone.Server.Hosting.Connections;

/// <summary>Puts the bounds in front of Kestrel's sockets: it takes the factory that was registered last.</summary>
internal static class ConnectionServices
{
    // As many as wait to be accepted while a crowd connects; the kernel's own limit is usually the same.
    private const int Backlog = 4096;

    public static IServiceCollection AddConnectionBounds(this IServiceCollection services) =>
        services
            .Configure<SocketTransportOptions>(options => options.Backlog = Backlog)
            .AddSingleton<TrustedProxies>()
            .AddSingleton<SocketTransportFactory>()
            .AddSingleton<IConnectionListenerFactory, BoundedTransport>();
}
