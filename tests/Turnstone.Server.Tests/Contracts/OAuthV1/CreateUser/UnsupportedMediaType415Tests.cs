namespace Turnstone.Server.Tests.Contracts.OAuthV1.CreateUser;

public sealed class UnsupportedMediaType415Tests
{
    private const string Path = "/v1/oauth/token/create/user";

    [Fact]
    public async Task Another_media_type_is_a_415_in_the_contracts_shape()
    {
        await using var server = await Wire.StartAsync();
        var (company, _) = await server.OAuthV1Async("company");
        await Golden.CheckAsync(
            await server.PostAsync(Path, "{}", "text/plain", ("Authorization", $"Bearer {company}")),
            "create-user-media-type-415"
        );
    }
}
