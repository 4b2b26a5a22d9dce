namespace Turnstone.Server.Tests.Contracts.SessionV3.Login;

public sealed class UnsupportedMediaType415Tests
{
    [Theory]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("application/json; charset=utf-16")]
    public async Task What_is_not_JSON_in_UTF_8_has_a_problem_of_its_own(string mediaType)
    {
        await using var server = await Wire.StartAsync();
        await Golden.CheckAsync(
            await server.PostAsync("/v3/auth/login", "api_key=x", mediaType),
            "login-media-type-415"
        );
    }
}
