using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Turnstone.Nodes.Cluster;

namespace Turnstone.Server.Tests.Attacks;

/// <summary>
/// Whoever opens connections and keeps them, from one address or from many, keeps nobody out, and does not end a
/// process that may open few files.
/// </summary>
public sealed class ManyConnectionsTests
{
    private const int Files = 700;
    private const int Connections = 2000;
    private const int Settled = 50;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(50)]
    public async Task Others_are_answered_and_the_store_writes_while_there_are_more_connections_than_files(
        int addresses
    )
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        await using var server = await ServerProcess.StartAsync(
            new Dictionary<string, string> { ["Turnstone:Connections:FirstRequestSeconds"] = "600" },
            within: words => ["prlimit", $"--nofile={Files}:{Files}", .. words]
        );
        Assert.Contains("1029", server.Output + server.Error, StringComparison.Ordinal);
        List<Socket> idle = [];
        try
        {
            for (var i = 0; i < Connections; i++)
            {
                var address = $"127.77.{i % addresses}.1";
                idle.Add(await SourceAddress.ConnectAsync(address, server.Http.BaseAddress!.Port, Cancel));
            }

            // Longer than the runtime lived without a file to open.
            var watch = Stopwatch.StartNew();
            for (var answered = 0; answered < Settled || watch.Elapsed < TimeSpan.FromSeconds(5); answered++)
            {
                // Each from a network of its own: a quick machine makes more logins here than one network may fail.
                using var other = new HttpClient(SourceAddress.Handler($"127.88.{answered % 250}.1"))
                {
                    BaseAddress = server.Http.BaseAddress,
                    Timeout = TimeSpan.FromSeconds(5),
                };
                using var ready = await other.GetAsync(new Uri("/health/ready", UriKind.Relative), Cancel);
                Assert.Equal(HttpStatusCode.OK, ready.StatusCode);

                // A refusal is written to the audit log.
                using var login = await other.LoginV3Async("unknown");
                Assert.Equal(HttpStatusCode.Unauthorized, login.StatusCode);
            }

            Assert.False(server.HasExited, server.Story);
            Assert.InRange(System.IO.Directory.GetFileSystemEntries($"/proc/{server.Id}/fd").Length, 1, Files - 50);
        }
        finally
        {
            idle.ForEach(socket => socket.Dispose());
        }
    }

    [Fact]
    public async Task One_address_has_so_many_connections_and_the_newest_of_them_works()
    {
        await using var server = await InProcess.ServeAsync(
            settings: new Dictionary<string, string> { ["Turnstone:Connections:PerAddress"] = "5" }
        );
        var port = server.Http.BaseAddress!.Port;
        var sockets = new List<Socket>();
        for (var i = 0; i < 8; i++)
        {
            sockets.Add(await SourceAddress.ConnectAsync("127.77.0.1", port, Cancel));
        }

        await Until.HoldsAsync(() => sockets.Count(IsClosed) == 3, "the three oldest are closed");
        Assert.All(sockets.Take(3), socket => Assert.True(IsClosed(socket)));
        sockets.ForEach(socket => socket.Dispose());
    }

    [Fact]
    public async Task A_connection_without_a_request_is_closed_after_a_short_time()
    {
        await using var server = await InProcess.ServeAsync(
            settings: new Dictionary<string, string> { ["Turnstone:Connections:FirstRequestSeconds"] = "1" }
        );
        using var socket = await SourceAddress.ConnectAsync("127.77.0.1", server.Http.BaseAddress!.Port, Cancel);

        await Until.HoldsAsync(() => IsClosed(socket), "it is closed");
    }

    private static bool IsClosed(Socket socket) => socket.Poll(0, SelectMode.SelectRead);
}
