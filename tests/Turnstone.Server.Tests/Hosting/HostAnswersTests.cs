using Microsoft.AspNetCore.Builder;

namespace Turnstone.Server.Tests.Hosting;

/// <summary>Probes and their operators' scripts compare texts: the host's own answers stay as they are.</summary>
public sealed class HostAnswersTests
{
    [Fact]
    public async Task A_probe_is_answered_in_these_words()
    {
        await using var server = await InProcess.ServeAsync();
        foreach (var (path, expected) in new[] { ("/health/live", "live"), ("/health/ready", "ready") })
        {
            using var answer = await server.Http.GetAsync(
                new Uri(path, UriKind.Relative),
                TestContext.Current.CancellationToken
            );
            Assert.Equal(
                $$"""{"status":"{{expected}}"}""",
                await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)
            );
            Assert.Equal("application/json; charset=utf-8", answer.Content.Headers.ContentType?.ToString());
        }
    }

    [Fact]
    public async Task A_path_that_is_not_there_is_told_where_to_look()
    {
        await using var server = await InProcess.ServeAsync();
        using var answer = await server.Http.GetAsync(
            new Uri("/v2/login", UriKind.Relative),
            TestContext.Current.CancellationToken
        );
        Assert.Equal(404, (int)answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.ToString());
        Assert.Contains("/reference", $"{(await answer.JsonAsync()).GetProperty("detail")}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failure_is_told_in_these_members()
    {
        await using var server = await TurnstoneServer.StartAsync(routes =>
            routes.MapGet("/broken", string () => throw new InvalidOperationException("the reason"))
        );
        using var client = new HttpClient { BaseAddress = server.BaseAddress };

        using var answer = await client.GetAsync(
            new Uri("/broken", UriKind.Relative),
            TestContext.Current.CancellationToken
        );

        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var trace = (await answer.JsonAsync()).GetProperty("traceId").GetString();
        Assert.Equal(
            """{"type":"about:blank","title":"Internal Server Error","status":500,"detail":"Something went wrong """
                + """here. Repeat the request; if it goes on, report the traceId.","code":"server_error","""
                + $"\"traceId\":\"{trace}\"}}",
            text
        );
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.ToString());
    }
}
