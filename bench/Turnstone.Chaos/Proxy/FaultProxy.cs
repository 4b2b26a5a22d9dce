using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Turnstone.Chaos.Faults;

namespace Turnstone.Chaos.Proxy;

/// <summary>
/// A proxy between clients and servers that does to each request what its plan says. One connection carries one
/// request, so that a fault meets that request alone.
/// </summary>
internal sealed class FaultProxy : IAsyncDisposable
{
    private readonly TcpListener listener;
    private readonly CancellationTokenSource end = new();
    private readonly Upstream upstream;
    private readonly IFaultPlan plan;
    private readonly Task accepting;
    private readonly List<Exchange> exchanges = [];
    private readonly FaultyExchange faulty;

    /// <param name="servers">Where requests go, in turn; one that refuses the connection is passed over.</param>
    /// <param name="plan">What is done to them.</param>
    /// <param name="port">Where it listens on 127.0.0.1; any free port unless given.</param>
    public FaultProxy(IReadOnlyList<Uri> servers, IFaultPlan plan, int port = 0)
    {
        this.plan = plan;
        upstream = new Upstream(servers, end.Token);
        faulty = new FaultyExchange(this);
        listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start(512);
        accepting = AcceptAsync();
    }

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");

    /// <summary>Everything that passed, in the order of arrival.</summary>
    public IReadOnlyCollection<Exchange> Exchanges
    {
        get
        {
            lock (exchanges)
            {
                return [.. exchanges];
            }
        }
    }

    /// <summary>Lets the answers go that are held.</summary>
    public void Release() => faulty.Release();

    /// <summary>Comes true when so many answers are held.</summary>
    public Task HeldAsync(CancellationToken cancellationToken) => faulty.HeldAsync(cancellationToken);

    /// <summary>The exchange that arrives after this one; it may be long in coming.</summary>
    public Exchange? After(Exchange one)
    {
        lock (exchanges)
        {
            // The numbers are those of the places, from 1.
            return one.Number < exchanges.Count ? exchanges[(int)one.Number] : null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await end.CancelAsync();
        listener.Dispose();
        await accepting;
        faulty.Dispose();
        end.Dispose();
    }

    /// <inheritdoc cref="Upstream.ForwardAsync"/>
    public Task<HttpMessage?> ForwardAsync(ReadOnlyMemory<byte> request, CancellationToken left, bool whole = true) =>
        upstream.ForwardAsync(request, left, whole);

    /// <summary>Ends a connection as a broken network does: the other side sees a reset.</summary>
    public static void Reset(Socket socket)
    {
        socket.LingerState = new LingerOption(enable: true, 0);
        socket.Close();
    }

    private async Task AcceptAsync()
    {
        ConcurrentDictionary<Task, bool> open = new();
        try
        {
            while (true)
            {
                var serving = ServeAsync(await listener.AcceptSocketAsync(end.Token));
                open[serving] = true;
                _ = serving.ContinueWith(done => open.TryRemove(done, out _), TaskScheduler.Default);
            }
        }
        catch (Exception reason)
            when (reason is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(open.Keys);
        }
    }

    private async Task ServeAsync(Socket client)
    {
        try
        {
            client.NoDelay = true;
            await using var stream = new NetworkStream(client);
            if (await HttpMessage.ReadAsync(stream, end.Token) is { } request)
            {
                var exchange = Note(request);
                using var left = CancellationTokenSource.CreateLinkedTokenSource(end.Token);
                using var answered = CancellationTokenSource.CreateLinkedTokenSource(end.Token);
                var leaving = LeaveAsync(exchange, stream, left, answered.Token);
                try
                {
                    await faulty.RunAsync(exchange, request, client, stream, left.Token, end.Token);
                }
                finally
                {
                    await answered.CancelAsync();
                    await leaving;
                }
            }
        }
        catch (Exception reason)
            when (reason is OperationCanceledException or IOException or SocketException or ObjectDisposedException)
        {
            // One of the two is gone, or the proxy.
        }
        finally
        {
            client.Dispose();
        }
    }

    // A client sends one request on a connection: what comes after it is the end.
    private static async Task LeaveAsync(
        Exchange exchange,
        NetworkStream stream,
        CancellationTokenSource left,
        CancellationToken answered
    )
    {
        try
        {
            if (await stream.ReadAsync(new byte[1], answered) > 0)
            {
                return;
            }
        }
        catch (Exception reason) when (reason is IOException or ObjectDisposedException)
        {
            // It has reset the connection, or this proxy has.
        }
        catch (OperationCanceledException)
        {
            return;
        }

        exchange.Left = !exchange.Passed.Task.IsCompleted;
        await left.CancelAsync();
    }

    private Exchange Note(HttpMessage request)
    {
        lock (exchanges)
        {
            var number = exchanges.Count + 1;
            var exchange = new Exchange(number, request.Kind, request.Key, plan.For(number, request.Kind))
            {
                Token = request.Token,
                Began = TimeProvider.System.GetUtcNow(),
            };
            exchanges.Add(exchange);
            return exchange;
        }
    }
}
