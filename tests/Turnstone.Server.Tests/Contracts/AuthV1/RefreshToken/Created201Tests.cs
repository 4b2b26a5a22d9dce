using Turnstone.Tokens;

namespace Turnstone.Server.Tests.Contracts.AuthV1.RefreshToken;

public sealed class Created201Tests(AuthServer auth) : IClassFixture<AuthServer>
{
    [Fact]
    public async Task A_refresh_token_gives_the_next_token_set_of_either_version()
    {
        var first = await auth.LoginAsync();
        using var response = await auth.V1Async(
            HttpMethod.Post,
            "refresh-token",
            AuthServer.TokenBody(first.Refresh, "refresh_token")
        );
        var second = await AuthServer.PairAsync(response);
        Assert.NotEqual(first.Refresh, second.Refresh);
        await Golden.CheckAsync(response, "refresh-token-201");
    }

    [Fact]
    public async Task A_retry_with_the_same_idempotency_key_gets_the_same_answer()
    {
        var first = await auth.LoginAsync();
        var body = AuthServer.TokenBody(first.Refresh, "refresh_token");
        var answer = await AuthServer.PairAsync(
            await auth.V1Async(HttpMethod.Post, "refresh-token", body, ("Idempotency-Key", "k"))
        );
        var again = await AuthServer.PairAsync(
            await auth.V1Async(HttpMethod.Post, "refresh-token", body, ("Idempotency-Key", "k"))
        );
        Assert.Equal(answer.Refresh, again.Refresh);
    }
}
