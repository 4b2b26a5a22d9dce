using System.Net;
using Microsoft.AspNetCore.Builder;

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

    private static void AssertLogged(TurnstoneServer server, string begin, params string[] parts) =>
        Assert.Contains(
            server.Log.Lines,
            line =>
                line.StartsWith(begin, StringComparison.Ordinal)
                && parts.All(part => line.Contains(part, StringComparison.Ordinal))
        );
}
