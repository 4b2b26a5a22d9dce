namespace Turnstone.Server.Tests.Contracts.AuthV1;

public sealed class SuccessionTests(AuthServer auth) : IClassFixture<AuthServer>
{
    [Theory]
    [InlineData("GET", "token", 422)]
    [InlineData("GET", "token?code=unknown", 400)]
    [InlineData("POST", "refresh-token", 422)]
    [InlineData("POST", "validate-token", 422)]
    [InlineData("DELETE", "token", 405)]
    [InlineData("GET", "nothing", 404)]
    [InlineData("GET", "", 404)]
    public async Task Every_answer_names_the_end_and_the_successor(string method, string path, int status)
    {
        using var response = await auth.V1Async(new HttpMethod(method), path);
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("@1767225600", Assert.Single(response.Headers.GetValues("Deprecation")));
        Assert.Equal("Thu, 01 Jan 2032 00:00:00 GMT", Assert.Single(response.Headers.GetValues("Sunset")));
        Assert.Equal(
            $"<{AuthServer.Successor}>; rel=\"successor-version\"",
            Assert.Single(response.Headers.GetValues("Link"))
        );
    }

    [Fact]
    public async Task So_does_the_answer_of_a_store_that_is_away()
    {
        await using var own = await AuthServer.StartAsync();
        var pair = await own.LoginAsync();
        using var away = await StoreLock.TakeAsync(own.Server);
        using var response = await own.V1Async(
            HttpMethod.Post,
            "refresh-token",
            AuthServer.TokenBody(pair.Refresh, "refresh_token")
        );
        await Golden.CheckAsync(response, "503");
    }

    [Fact]
    public async Task An_unknown_path_and_a_wrong_method_have_the_contracts_shape()
    {
        using var unknown = await auth.V1Async(HttpMethod.Get, "nothing");
        await Golden.CheckAsync(unknown, "404");
        using var wrong = await auth.V1Async(HttpMethod.Head, "token");
        Assert.Equal("GET", Assert.Single(wrong.Content.Headers.Allow));
        using var posted = await auth.V1Async(HttpMethod.Post, "token", "{}");
        await Golden.CheckAsync(posted, "405");
    }
}
