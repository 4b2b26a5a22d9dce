namespace Turnstone.Server.Tests.Contracts.OAuthV1.CreateUser;

public sealed class TooLarge413Tests
{
    private const string Path = "/v1/oauth/token/create/user";

    [Fact]
    public async Task A_large_body_is_a_413_in_the_contracts_shape()
    {
        await using var server = await Wire.StartAsync();
        var (company, _) = await server.OAuthV1Async("company");
        await Golden.CheckAsync(
            await server.JsonAsync(Path, new string(' ', 17 * 1024), ("Authorization", $"Bearer {company}")),
            "create-user-too-large-413"
        );
    }
}
