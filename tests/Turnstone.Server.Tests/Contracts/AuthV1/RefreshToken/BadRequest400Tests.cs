using Turnstone.Tokens;

namespace Turnstone.Server.Tests.Contracts.AuthV1.RefreshToken;

public sealed class BadRequest400Tests(AuthServer auth) : IClassFixture<AuthServer>
{
    [Fact]
    public async Task A_token_that_is_none_is_refused()
    {
        using var response = await auth.V1Async(
            HttpMethod.Post,
            "refresh-token",
            AuthServer.TokenBody("rubbish", "refresh_token")
        );
        await Golden.CheckAsync(response, "refresh-token-400");
    }

    [Fact]
    public async Task An_access_token_is_not_a_refresh_token()
    {
        var pair = await auth.LoginAsync();
        using var response = await auth.V1Async(
            HttpMethod.Post,
            "refresh-token",
            AuthServer.TokenBody(pair.Access[..500], "refresh_token")
        );
        await Golden.CheckAsync(response, "refresh-token-400");
    }
}
