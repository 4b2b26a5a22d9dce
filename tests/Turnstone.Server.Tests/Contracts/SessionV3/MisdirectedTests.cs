namespace Turnstone.Server.Tests.Contracts.SessionV3;

public sealed class MisdirectedTests
{
    [Fact]
    public async Task An_unknown_path_is_404_in_the_contracts_shape()
    {
        await using var server = await Wire.StartAsync();
        await Golden.CheckAsync(await server.GetAsync("/v3/nothing"), "404");
        await Golden.CheckAsync(await server.GetAsync("/auth/refresh/nothing"), "404");
    }

    [Theory]
    [InlineData("GET", "/v3/auth/login")]
    [InlineData("PUT", "/v3/auth/login")]
    [InlineData("GET", "/v3/auth/refresh")]
    [InlineData("DELETE", "/auth/refresh")]
    public async Task Another_method_than_POST_is_405_and_names_it(string method, string path)
    {
        await using var server = await Wire.StartAsync();
        await Golden.CheckAsync(await server.SendAsync(new HttpMethod(method), path, null), "405-takes-post");
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("DELETE")]
    public async Task Another_method_than_GET_is_405_and_names_it(string method)
    {
        await using var server = await Wire.StartAsync();
        await Golden.CheckAsync(
            await server.SendAsync(new HttpMethod(method), "/v3/individuals", null),
            "405-takes-get"
        );
    }
}
