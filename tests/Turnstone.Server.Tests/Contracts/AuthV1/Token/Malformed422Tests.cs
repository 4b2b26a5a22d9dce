namespace Turnstone.Server.Tests.Contracts.AuthV1.Token;

public sealed class Malformed422Tests(AuthServer auth) : IClassFixture<AuthServer>
{
    [Theory]
    [InlineData("token")]
    [InlineData("token?code=")]
    [InlineData("token?code=a&code=b")]
    [InlineData("token?other=a")]
    public async Task A_code_that_is_not_there_once_is_refused(string path)
    {
        using var response = await auth.V1Async(HttpMethod.Get, path);
        await Golden.CheckAsync(response, "token-422-missing");
    }

    [Theory]
    [InlineData("a%20b")]
    [InlineData("a%00")]
    [InlineData("a%0A")]
    [InlineData("%ff%fe")]
    [InlineData("%c3%a9")]
    [InlineData("a/b")]
    [InlineData("a'%3B--")]
    public async Task A_code_outside_the_pattern_is_refused(string code)
    {
        using var response = await auth.V1Async(HttpMethod.Get, $"token?code={code}");
        await Golden.CheckAsync(response, "token-422-pattern");
    }

    [Fact]
    public async Task A_code_that_is_too_long_is_refused()
    {
        using var response = await auth.V1Async(HttpMethod.Get, $"token?code={new string('a', 4000)}");
        await Golden.CheckAsync(response, "token-422-pattern");
    }
}
