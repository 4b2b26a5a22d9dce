namespace Turnstone.Server.Tests.Contracts.OAuth2.Token;

public sealed class UnsupportedMediaType415Tests
{
    [Theory]
    [InlineData("application/json")]
    [InlineData("application/x-www-form-urlencoded; charset=utf-16")]
    public async Task What_is_no_form_in_UTF_8_has_its_status(string mediaType)
    {
        await using var server = await Wire.StartAsync();
        await Golden.CheckAsync(await server.PostAsync("/oauth2/token", "{}", mediaType), "media-type-415");
    }
}
