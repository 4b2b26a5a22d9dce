using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Turnstone.Nodes.Guards;

/// <summary>The way from a guard to a node, whose issuer has another name; it can be closed.</summary>
internal sealed class RoadToNode : DelegatingHandler
{
    public const string Feed = "/feed/revocations";

    private readonly Uri node;
    private readonly List<Socket> open = [];
    private volatile bool closed;

    public RoadToNode(Uri node)
    {
        this.node = node;
        InnerHandler = new SocketsHttpHandler { AllowAutoRedirect = false, ConnectCallback = ConnectAsync };
    }

    /// <summary>When the node was last asked for the feed; the stopwatch's time stamp.</summary>
    public long FollowedAt { get; private set; }

    /// <summary>Answers the feed in the node's place, if it is not null.</summary>
    public Func<HttpContent>? Instead { get; init; }

    public void Close()
    {
        closed = true;
        lock (open)
        {
            open.ForEach(socket => socket.Dispose());
            open.Clear();
        }
    }

    public void Open() => closed = false;

    protected override Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken
    )
    {
        if (closed)
        {
            throw new HttpRequestException("The road is closed.");
        }

        var isFeed = request.RequestUri!.AbsolutePath == Feed;
        if (isFeed)
        {
            FollowedAt = Stopwatch.GetTimestamp();
        }

        if (isFeed && Instead is { } instead)
        {
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = instead() });
        }

        request.RequestUri = new Uri(node, request.RequestUri.PathAndQuery);
        return base.SendAsync(request, cancellationToken);
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancel)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(context.DnsEndPoint, cancel);
        lock (open)
        {
            open.Add(socket);
        }

        return new NetworkStream(socket, ownsSocket: true);
    }
}
