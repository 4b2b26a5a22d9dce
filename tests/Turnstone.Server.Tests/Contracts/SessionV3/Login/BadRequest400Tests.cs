namespace Turnstone.Server.Tests.Contracts.SessionV3.Login;

public sealed class BadRequest400Tests
{
    [Theory]
    [InlineData("login-missing-400", "{}")]
    [InlineData("login-wrong-type-400", """{"api_key":1}""")]
    [InlineData("login-wrong-type-400", """{"api_key":null}""")]
    [InlineData("login-not-json-400", "")]
    [InlineData("login-not-json-400", "{")]
    [InlineData("login-not-json-400", """{"api_key":"a","api_key":"b"}""")]
    [InlineData("login-not-json-400", """{"api_key":"\ud800"}""")]
    [InlineData("login-not-an-object-400", "[]")]
    public async Task Anything_else_gets_its_problem(string golden, string body)
    {
        await using var server = await Wire.StartAsync();
        await Golden.CheckAsync(await server.JsonAsync("/v3/auth/login", body), golden);
    }

    [Fact]
    public async Task A_key_over_128_characters_is_malformed()
    {
        await using var server = await Wire.StartAsync();
        await Golden.CheckAsync(
            await server.JsonAsync("/v3/auth/login", Wire.ApiKeyBody(new string('k', 129))),
            "login-too-long-400"
        );
    }
}
