using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Turnstone.Server.Tests.Hosting;

/// <summary>What no contract has answered.</summary>
public sealed class BoundaryTests
{
    [Fact]
    public async Task An_unexpected_failure_tells_the_client_only_a_trace_and_the_log_has_that_trace_with_the_reason()
    {
        await using var server = await TurnstoneServer.StartAsync(routes =>
            routes.MapGet("/broken", string () => throw new InvalidOperationException("the reason"))
        );
        using var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 1 })
        {
            BaseAddress = server.BaseAddress,
        };
        using var answer = await client.GetAsync(
            new Uri("/broken?code=hidden", UriKind.Relative),
            TestContext.Current.CancellationToken
        );

        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        var problem = await answer.JsonAsync();
        Assert.DoesNotContain("the reason", problem.ToString(), StringComparison.Ordinal);
        Assert.Equal("server_error", problem.GetProperty("code").GetString());

        // The end of a request is logged when its answer is on its way already, but before the next one of its
        // connection is begun.
        using var next = await client.GetAsync(new Uri("/", UriKind.Relative), TestContext.Current.CancellationToken);
        var trace = problem.GetProperty("traceId").GetString()!;
        AssertLogged(server, "Error Turnstone.Server.Hosting.Boundary 1021 ", "/broken", trace, "the reason");
        AssertLogged(server, "Debug Turnstone.Server.Hosting.Boundary 1022 ", "/broken", trace, " 500 ");
        Assert.DoesNotContain(server.Log.Lines, line => line.Contains("hidden", StringComparison.Ordinal));
    }

    /// <summary>A client that leaves in the middle of a download is no fault of the server's.</summary>
    [Fact]
    public async Task Who_leaves_after_the_answer_has_begun_leaves_no_error_in_the_log()
    {
        var left = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await TurnstoneServer.StartAsync(routes =>
            routes.MapGet(
                "/long",
                async context =>
                {
                    await context.Response.WriteAsync("the beginning", context.RequestAborted);
                    await context.Response.Body.FlushAsync(context.RequestAborted);
                    try
                    {
                        await Task.Delay(Timeout.Infinite, context.RequestAborted);
                    }
                    finally
                    {
                        left.SetResult();
                    }
                }
            )
        );
        using (
            var answer = await server.Http.GetAsync(
                new Uri("/long", UriKind.Relative),
                HttpCompletionOption.ResponseHeadersRead,
                TestContext.Current.CancellationToken
            )
        )
        {
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        await left.Task.WaitAsync(TestContext.Current.CancellationToken);
        while (!server.Log.Lines.Any(line => line.Contains("GET /long was answered 499", StringComparison.Ordinal)))
        {
            Assert.DoesNotContain(server.Log.Lines, IsError);
            await Task.Yield();
        }

        Assert.DoesNotContain(server.Log.Lines, IsError);

        static bool IsError(string line) => line.StartsWith("Error ", StringComparison.Ordinal);
    }

    private static void AssertLogged(TurnstoneServer server, string begin, params string[] parts) =>
        Assert.Contains(
            server.Log.Lines,
            line =>
                line.StartsWith(begin, StringComparison.Ordinal)
                && parts.All(part => line.Contains(part, StringComparison.Ordinal))
        );
}
