namespace Turnstone.Server.Tests.Contracts.OAuthV1.Validate;

public sealed class Ok200Tests
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
}
