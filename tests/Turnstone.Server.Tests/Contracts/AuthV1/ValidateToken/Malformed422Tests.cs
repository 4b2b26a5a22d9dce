namespace Turnstone.Server.Tests.Contracts.AuthV1.ValidateToken;

public sealed class Malformed422Tests(AuthServer auth) : IClassFixture<AuthServer>
{
    [Theory]
    [InlineData(null)]
    [InlineData("Bearer")]
    [InlineData("Basic YTpi")]
    public async Task A_header_without_a_token_is_refused(string? header)
    {
        using var response = await auth.V1Async(
            HttpMethod.Post,
            "validate-token",
            null,
            header is null ? [] : [("Authorization", header)]
        );
        await Golden.CheckAsync(response, "validate-token-422");
    }
}
