using System.Net;
using System.Net.Sockets;

namespace Turnstone.Server.Tests.Guards.Library;

/// <summary>
/// The way from a guard to the server under test, whose issuer has a name of its own; a test may block it.
/// </summary>
internal sealed class IssuerRoad : DelegatingHandler
{
    private readonly TurnstoneServer server;
    private readonly Connections connections = new();
    private readonly List<string> asked = [];

    public IssuerRoad(TurnstoneServer server)
    {
        this.server = server;
        InnerHandler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            ConnectCallback = connections.ConnectAsync,
        };
    }

    /// <summary>Answers in the server's place, if it is not null.</summary>
    public Func<HttpRequestMessage, string?>? Instead { get; set; }

    /// <summary>How often the server was asked for what ends so.</summary>
    public int AskedFor(string end)
    {
        lock (asked)
        {
            return asked.Count(path => path.EndsWith(end, StringComparison.Ordinal));
        }
    }

    /// <summary>Which paths are not reached; an empty text for all.</summary>
    public string? Blocked { get; private set; }

    /// <summary>Breaks all connections, and lets none of these requests through any more.</summary>
    public void Block(string path = "")
    {
        Blocked = path;
        connections.Break();
    }

    public void Open() => Blocked = null;

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken
    )
    {
        var path = request.RequestUri!.AbsolutePath;
        lock (asked)
        {
            asked.Add(path);
        }

        if (Blocked is { } blocked && path.StartsWith(blocked, StringComparison.Ordinal))
        {
            throw new HttpRequestException("The road is blocked.");
        }

        if (Instead?.Invoke(request) is { } text)
        {
            return new(HttpStatusCode.OK) { Content = new StringContent(text) };
        }

        request.RequestUri = new Uri(server.BaseAddress, request.RequestUri.PathAndQuery);
        return await base.SendAsync(request, cancellationToken);
    }

    private sealed class Connections
    {
        private readonly List<Socket> open = [];

        public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancel)
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(context.DnsEndPoint, cancel);
            lock (open)
            {
                open.Add(socket);
            }

            return new NetworkStream(socket, ownsSocket: true);
        }

        public void Break()
        {
            lock (open)
            {
                open.ForEach(socket => socket.Dispose());
                open.Clear();
            }
        }
    }
}
