using System.Net;

namespace Turnstone.Server.Tests.Contracts.SessionV3.Individuals;

/// <summary>Page by page, as samples/Individuals has it; that both answer alike is tested beside the clients.</summary>
public sealed class PagesTests
{
    [Fact]
    public async Task Each_page_names_the_next_one_and_the_last_none()
    {
        await using var server = await Wire.StartAsync();
        var (access, _) = await server.SessionV3Async();
        await Golden.CheckAsync(await server.GetAsync("/v3/individuals?limit=2", access), "individuals-page-200");
        using var last = await server.GetAsync("/v3/individuals?limit=2&after=2", access);
        Assert.Equal(HttpStatusCode.OK, last.StatusCode);
        Assert.False(last.Headers.Contains("Link"));
    }

    [Theory]
    [InlineData("limit=0")]
    [InlineData("limit=101")]
    [InlineData("limit=1&limit=1")]
    [InlineData("limit=%2B1")]
    [InlineData("after=4")]
    [InlineData("after=")]
    public async Task A_page_that_there_is_not_is_400_once_the_token_is_good(string query)
    {
        await using var server = await Wire.StartAsync();
        var (access, _) = await server.SessionV3Async();
        await Golden.CheckAsync(await server.GetAsync($"/v3/individuals?{query}", access), "individuals-400");
        using var stranger = await server.GetAsync($"/v3/individuals?{query}");
        Assert.Equal(HttpStatusCode.Unauthorized, stranger.StatusCode);
    }
}
