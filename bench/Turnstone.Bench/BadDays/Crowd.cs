using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Turnstone.Bench.Load;

namespace Turnstone.Bench.BadDays;

/// <summary>
/// Connections that a server would rather not have: each sends a beginning, and then the same bytes again and again
/// until the server has closed it.
/// </summary>
internal sealed class Crowd : IDisposable
{
    private readonly ConcurrentBag<Socket> sockets = [];
    private readonly CancellationTokenSource ending = new();
    private long sent;

    /// <summary>When the server closed those that it closed, counted from their beginning.</summary>
    public Histogram CutAfter { get; } = new();

    /// <summary>What those that it closed were answered before.</summary>
    public ConcurrentDictionary<string, int> Answers { get; } = new();

    /// <summary>Bytes that the server let them send.</summary>
    public long Sent => Interlocked.Read(ref sent);

    public int Open => sockets.Count - (int)CutAfter.Count;

    public static async Task<Crowd> GatherAsync(
        IPEndPoint server,
        int connections,
        string begin,
        string? more = null,
        TimeSpan pause = default
    )
    {
        var crowd = new Crowd();
        await Parallel.ForAsync(
            0,
            connections,
            new ParallelOptions { MaxDegreeOfParallelism = 64 },
            async (_, _) => await crowd.JoinAsync(server, begin, more, pause)
        );
        return crowd;
    }

    public void Dispose()
    {
        ending.Cancel();
        foreach (var socket in sockets)
        {
            socket.Dispose();
        }

        ending.Dispose();
    }

    private async Task JoinAsync(IPEndPoint server, string begin, string? more, TimeSpan pause)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        sockets.Add(socket);
        await socket.ConnectAsync(server);
        await socket.SendAsync(Encoding.ASCII.GetBytes(begin));
        var began = Stopwatch.GetTimestamp();
        if (more is null)
        {
            // One answer, and then nothing more.
            await socket.ReceiveAsync(new byte[1024]);
            return;
        }

        _ = WatchAsync(socket, began);
        _ = SendAsync(socket, Encoding.ASCII.GetBytes(more), pause);
    }

    private async Task SendAsync(Socket socket, byte[] more, TimeSpan pause)
    {
        try
        {
            while (!ending.IsCancellationRequested)
            {
                Interlocked.Add(ref sent, await socket.SendAsync(more, ending.Token));
                await Task.Delay(pause, ending.Token);
            }
        }
        catch (Exception closed)
            when (closed is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // By the server, or by us at the end.
        }
    }

    private async Task WatchAsync(Socket socket, long began)
    {
        var (answer, buffer) = ("closed", new byte[1024]);
        try
        {
            for (int read; (read = await socket.ReceiveAsync(buffer, ending.Token)) > 0; )
            {
                answer = read > 12 && answer == "closed" ? Encoding.ASCII.GetString(buffer, 9, 3) : answer;
            }
        }
        catch (SocketException)
        {
            answer = answer == "closed" ? "reset" : answer;
        }
        catch (Exception over) when (over is ObjectDisposedException or OperationCanceledException)
        {
            return;
        }

        Answers.AddOrUpdate(answer, 1, (_, times) => times + 1);
        lock (CutAfter)
        {
            CutAfter.Record((long)Stopwatch.GetElapsedTime(began).TotalMicroseconds);
        }
    }
}
