using System.Net;
using Turnstone.Nodes.Cluster;
using Turnstone.Server.Tests.Operations;

namespace Turnstone.Server.Tests.Faults;

/// <summary>
/// Whoever should read the log has stopped: no request waits for that, and what was dropped is counted.
/// </summary>
public sealed class BlockedLogTests : IDisposable
{
    private const int Requests = 6_000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly string folder = ServerProcess.NewFolder();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string GoOn => Path.Combine(folder, "go-on");

    // The pipe's reader passes the first lines on, and then holds the pipe without reading until it is told to go on,
    // or the server has ended.
    private string ReadLater =>
        "exec \"$0\" \"$@\" > >(sed -u /Portal/q; "
        + $"until [ -e '{GoOn}' ] || ! kill -0 $$; do sleep 0.05; done 2>/dev/null; exec cat)";

    [Fact]
    public async Task A_log_that_nobody_reads_holds_no_request_up_and_what_was_dropped_is_counted()
    {
        await ServerProcess.InitAsync(folder);
        var settings = new Dictionary<string, string>
        {
            ["Logging:LogLevel:Default"] = "Debug",
            ["Turnstone:Provision"] = await ProvisioningText.WriteAsync(folder),
        };
        await using var server = await ServerProcess.StartAsync(
            settings,
            folder,
            within: words => ["bash", "-c", ReadLater, .. words]
        );

        // More lines than the pipe and the logger's queue hold together.
        await Parallel.ForEachAsync(
            Enumerable.Range(0, Requests),
            new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = Cancel },
            async (_, cancel) => await AssertAsync(HttpStatusCode.OK, GetAsync(server, "/health/live", cancel))
        );
        await AssertAsync(HttpStatusCode.OK, GetAsync(server, "/health/ready", Cancel));
        using var login = await server
            .Http.LoginV2Async(ProvisioningText.Email, ProvisioningText.Password)
            .WaitAsync(Patience, Cancel);
        Assert.Equal(HttpStatusCode.Created, login.StatusCode);
        await AssertAsync(HttpStatusCode.Created, server.Http.RefreshV2Async(await login.RefreshOfSetAsync()));
        Assert.DoesNotContain("dropped", server.Error, StringComparison.Ordinal);

        await File.WriteAllTextAsync(GoOn, "", Cancel);
        await Until.HoldsAsync(
            async () =>
            {
                await AssertAsync(HttpStatusCode.OK, GetAsync(server, "/health/live", Cancel));
                return server.Error.Contains("message(s) dropped", StringComparison.Ordinal);
            },
            Patience,
            "the log says how many lines were dropped"
        );
    }

    public void Dispose() => System.IO.Directory.Delete(folder, recursive: true);

    private static Task<HttpResponseMessage> GetAsync(ServerProcess server, string path, CancellationToken cancel) =>
        server.Http.GetAsync(new Uri(path, UriKind.Relative), cancel);

    private static async Task AssertAsync(HttpStatusCode expected, Task<HttpResponseMessage> asking)
    {
        using var answer = await asking.WaitAsync(Patience, Cancel);
        Assert.Equal(expected, answer.StatusCode);
    }
}
