namespace Turnstone.Server.Tests.Contracts.OAuth2;

public sealed class MisdirectedTests
{
    [Theory]
    [InlineData("GET", "/oauth2/token")]
    [InlineData("GET", "/oauth2/revoke")]
    [InlineData("DELETE", "/oauth2/token")]
    public async Task Another_method_than_POST_is_405_and_names_it(string method, string path)
    {
        await using var server = await Wire.StartAsync();
        await Golden.CheckAsync(await server.SendAsync(new HttpMethod(method), path, null), "405-takes-post");
    }

    [Theory]
    [InlineData("/.well-known/jwks.json")]
    [InlineData("/.well-known/openid-configuration")]
    [InlineData("/.well-known/oauth-authorization-server")]
    public async Task What_is_published_takes_GET_alone(string path)
    {
        await using var server = await Wire.StartAsync();
        await Golden.CheckAsync(await server.FormAsync(path, ""), "405-takes-get");
    }

    [Fact]
    public async Task An_unknown_path_is_404_in_the_contracts_shape()
    {
        await using var server = await Wire.StartAsync();
        await Golden.CheckAsync(await server.GetAsync("/oauth2/nothing"), "404");
    }
}
