namespace Turnstone.Server.Tests.Contracts.AuthV1.ValidateToken;

public sealed class Ok200Tests(AuthServer auth) : IClassFixture<AuthServer>
{
    [Theory]
    [InlineData("Bearer ")]
    [InlineData("bearer ")]
    [InlineData("")]
    public async Task A_good_token_is_good_however_it_is_introduced(string scheme)
    {
        var pair = await auth.LoginAsync();
        using var response = await auth.V1Async(
            HttpMethod.Post,
            "validate-token",
            null,
            ("Authorization", scheme + pair.Access)
        );
        await Golden.CheckAsync(response, "validate-token-200");
    }
}
