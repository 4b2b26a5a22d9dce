using System.Net;
using System.Net.Sockets;
using System.Text;
using Turnstone.Nodes.Cluster;

namespace Turnstone.Server.Tests.Nodes;

/// <summary>
/// A server decides no refresh for a client that has left. Behind HAProxy it has to hear of that: a real HAProxy with
/// the configuration that operators are shown, before a server that never answers.
/// </summary>
public sealed class LeftBehindHaProxyTests : IDisposable
{
    private static readonly byte[] Healthy =
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8.ToArray();

    private readonly DirectoryInfo folder = System.IO.Directory.CreateTempSubdirectory("turnstone-left-");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task A_client_that_leaves_is_heard_of_behind_it()
    {
        await using var node = new Node("node1", folder.FullName);
        using var listener = new TcpListener(IPAddress.Loopback, node.Port);
        listener.Start();

        // So long that an end within the test's patience can only come from the client's.
        await using var proxy = await HaProxy.StartAsync(
            folder.FullName,
            [node],
            text => text.Replace("timeout server 8s", "timeout server 1h", StringComparison.Ordinal)
        );
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, proxy.Port, Cancel);
        var request = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}"u8.ToArray();
        await client.GetStream().WriteAsync(request, Cancel);
        using var held = await HeldAsync(listener);

        client.Close();

        Assert.True(await EndsAsync(held.GetStream()));
    }

    /// <summary>The connection of the request; health checks before it are answered.</summary>
    private static async Task<TcpClient> HeldAsync(TcpListener listener)
    {
        while (true)
        {
            var connection = await listener.AcceptTcpClientAsync(Cancel);
            var stream = connection.GetStream();
            var bytes = new byte[4096];
            var text = "";
            for (var count = 1; count > 0 && !text.Contains("\r\n\r\n", StringComparison.Ordinal); )
            {
                count = await stream.ReadAsync(bytes, Cancel);
                text += Encoding.ASCII.GetString(bytes, 0, count);
            }

            if (text.StartsWith("POST", StringComparison.Ordinal))
            {
                return connection;
            }

            await stream.WriteAsync(Healthy, Cancel);
            connection.Dispose();
        }
    }

    private static async Task<bool> EndsAsync(NetworkStream stream)
    {
        try
        {
            var bytes = new byte[4096];
            while (await stream.ReadAsync(bytes, Cancel).AsTask().WaitAsync(TimeSpan.FromMinutes(2), Cancel) > 0) { }

            return true;
        }
        catch (IOException)
        {
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }
}
