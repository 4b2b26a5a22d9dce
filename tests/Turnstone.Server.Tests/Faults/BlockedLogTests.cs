using System.Net;

namespace Turnstone.Server.Tests.Faults;

/// <summary>Whoever should read the log has stopped: no request waits for that.</summary>
public sealed class BlockedLogTests
{
    private const int Requests = 6_000;

    // The pipe's reader passes the first lines on, and then holds the pipe without reading until the server has ended.
    private const string ReadNoMore = "exec \"$0\" \"$@\" > >(sed -u /Portal/q; exec tail -f /dev/null --pid=$$)";

    [Fact]
    public async Task A_log_that_nobody_reads_holds_no_request_up()
    {
        var settings = new Dictionary<string, string> { ["Logging:LogLevel:Default"] = "Debug" };
        await using var server = await ServerProcess.StartAsync(
            settings,
            within: words => ["bash", "-c", ReadNoMore, .. words]
        );

        // More lines than the pipe and the logger's queue hold together.
        await Parallel.ForEachAsync(
            Enumerable.Range(0, Requests),
            new ParallelOptions
            {
                MaxDegreeOfParallelism = 8,
                CancellationToken = TestContext.Current.CancellationToken,
            },
            async (_, cancel) =>
            {
                using var answer = await server
                    .Http.GetAsync(new Uri("/health/live", UriKind.Relative), cancel)
                    .WaitAsync(TimeSpan.FromSeconds(20), cancel);
                Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            }
        );
    }
}
