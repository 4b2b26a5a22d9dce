namespace Turnstone.Server.Tests.Contracts.OAuthV1;

public sealed class MisdirectedTests
{
    [Theory]
    [InlineData("GET", "/v1/oauth/token/user")]
    [InlineData("GET", "/v1/oauth/token/create/user")]
    [InlineData("DELETE", "/v1/oauth/token/company")]
    public async Task Another_method_is_a_405_that_names_the_right_one(string method, string path)
    {
        await using var server = await Wire.StartAsync();
        await Golden.CheckAsync(await server.SendAsync(new HttpMethod(method), path, null), "405-takes-post");
    }

    [Fact]
    public async Task Validation_takes_GET_alone()
    {
        await using var server = await Wire.StartAsync();
        await Golden.CheckAsync(await server.JsonAsync("/v1/oauth/token", "{}"), "405-takes-get");
    }

    [Fact]
    public async Task An_unknown_path_is_a_404_in_the_contracts_shape()
    {
        await using var server = await Wire.StartAsync();
        await Golden.CheckAsync(await server.GetAsync("/v1/oauth/nothing"), "404");
    }
}
