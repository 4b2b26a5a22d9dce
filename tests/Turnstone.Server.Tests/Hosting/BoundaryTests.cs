using System.Net;
using Microsoft.AspNetCore.Builder;

namespace Turnstone.Server.Tests.Hosting;

/// <summary>What no contract has answered.</summary>
public sealed class BoundaryTests
{
    [Fact]
    public async Task What_failed_unexpectedly_says_nothing_of_why_and_its_trace_stands_in_the_log_beside_the_reason_and_the_end()
    {
        await using var server = await TurnstoneServer.StartAsync(routes => routes.MapGet("/broken", string () => throw new InvalidOperationException("the reason")));

        using var answer = await server.Http.GetAsync(new Uri("/broken?code=hidden", UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        var problem = await answer.JsonAsync();
        Assert.DoesNotContain("the reason", problem.ToString(), StringComparison.Ordinal);
        Assert.Equal("server_error", problem.GetProperty("code").GetString());
        var trace = problem.GetProperty("traceId").GetString()!;
        await LoggedAsync(server, "Error Turnstone.Server.Hosting.Boundary 1021 ", "/broken", trace, "the reason");
        await LoggedAsync(server, "Debug Turnstone.Server.Hosting.Boundary 1022 ", "/broken", trace, " 500 ");
        Assert.DoesNotContain(server.Log.Lines, line => line.Contains("hidden", StringComparison.Ordinal));
    }

    // The end of a request is logged when its answer is already on its way.
    private static async Task LoggedAsync(TurnstoneServer server, string begin, params string[] parts)
    {
        bool IsIt(string line) => line.StartsWith(begin, StringComparison.Ordinal) && parts.All(part => line.Contains(part, StringComparison.Ordinal));
        for (var waited = 0; waited < 500 && !server.Log.Lines.Any(IsIt); waited++)
        {
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        Assert.Contains(server.Log.Lines, IsIt);
    }
}
