namespace Turnstone.Server.Tests.Contracts.OAuthV1.Token;

public sealed class UnsupportedMediaType415Tests
{
    [Fact]
    public async Task Another_media_type_is_a_415_in_the_contracts_shape()
    {
        await using var server = await Wire.StartAsync();
        await Golden.CheckAsync(await server.PostAsync("/v1/oauth/token/user", "{}", "text/plain"), "media-type-415");
    }
}
