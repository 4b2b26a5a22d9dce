using System.Net;
using System.Net.Sockets;

namespace Turnstone.Nodes.Cluster;

/// <summary>
/// A wire between a client and a server on 127.0.0.1 that can go silent, as a broken network does: nothing is closed
/// and nothing passes; what was sent meanwhile waits, and passes when it is whole again.
/// </summary>
internal sealed class TcpGate : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource end = new();
    private readonly int target;
    private readonly Task accepting;
    private TaskCompletionSource open = Opened();

    public TcpGate(int target)
    {
        this.target = target;
        listener.Start();
        accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public void Silence() =>
        Interlocked.CompareExchange(
            ref open,
            new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously),
            open
        );

    public void Mend() => Volatile.Read(ref open).TrySetResult();

    public async ValueTask DisposeAsync()
    {
        await end.CancelAsync();
        listener.Dispose();
        await accepting;
        end.Dispose();
    }

    private static TaskCompletionSource Opened()
    {
        var source = new TaskCompletionSource();
        source.SetResult();
        return source;
    }

    private async Task AcceptAsync()
    {
        List<Task> wires = [];
        try
        {
            while (true)
            {
                wires.Add(WireAsync(await listener.AcceptSocketAsync(end.Token)));
            }
        }
        catch (Exception reason)
            when (reason is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(wires);
        }
    }

    private async Task WireAsync(Socket near)
    {
        using var far = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            near.NoDelay = true;
            await Volatile.Read(ref open).Task.WaitAsync(end.Token);
            await far.ConnectAsync(IPAddress.Loopback, target, end.Token);
            await Task.WhenAll(CopyAsync(near, far), CopyAsync(far, near));
        }
        catch (Exception reason)
            when (reason is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // One of the two is gone, or the gate.
        }
        finally
        {
            near.Dispose();
        }
    }

    private async Task CopyAsync(Socket from, Socket to)
    {
        var bytes = new byte[64 * 1024];
        try
        {
            for (int count; (count = await from.ReceiveAsync(bytes, end.Token)) > 0; )
            {
                await Volatile.Read(ref open).Task.WaitAsync(end.Token);
                await to.SendAsync(bytes.AsMemory(0, count), end.Token);
            }

            await Volatile.Read(ref open).Task.WaitAsync(end.Token);
            to.Shutdown(SocketShutdown.Send);
        }
        catch
        {
            to.Dispose();
            throw;
        }
    }
}
