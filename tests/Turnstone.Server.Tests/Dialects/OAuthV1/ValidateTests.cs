using System.Net;

namespace Turnstone.Server.Tests.Dialects.OAuthV1;

public sealed class ValidateTests
{
    [Fact]
    public async Task A_good_token_comes_back_with_the_seconds_it_has_left()
    {
        await using var server = await Wire.StartAsync();
        var (access, _) = await server.OAuthV1Async();
        server.Time.Advance(TimeSpan.FromSeconds(60));
        var response = await server.GetAsync("/v1/oauth/token", access);
        await Golden.CheckAsync(response, "validate-200");
        Assert.Equal(access, (string?)(await response.BodyAsync())["access_token"]);
    }

    [Theory]
    [InlineData(null, "validate-missing-401")]
    [InlineData("not.a.token", "validate-invalid-401")]
    public async Task Anything_else_gets_the_documents_own_body(string? bearer, string golden)
    {
        await using var server = await Wire.StartAsync();
        await Golden.CheckAsync(await server.GetAsync("/v1/oauth/token", bearer), golden);
    }

    [Fact]
    public async Task The_challenge_tells_an_expired_token()
    {
        await using var server = await Wire.StartAsync();
        var (access, _) = await server.OAuthV1Async();
        server.Time.Advance(TimeSpan.FromDays(31));
        await Golden.CheckAsync(await server.GetAsync("/v1/oauth/token", access), "validate-expired-401");
    }

    [Fact]
    public async Task Two_Authorization_headers_are_none()
    {
        await using var server = await Wire.StartAsync();
        var (access, _) = await server.OAuthV1Async();
        var response = await server.SendAsync(HttpMethod.Get, "/v1/oauth/token", null, ("Authorization", $"Bearer {access}"), ("Authorization", $"Bearer {access}"));
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }
}
