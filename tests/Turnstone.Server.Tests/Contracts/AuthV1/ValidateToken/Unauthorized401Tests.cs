namespace Turnstone.Server.Tests.Contracts.AuthV1.ValidateToken;

public sealed class Unauthorized401Tests(AuthServer auth) : IClassFixture<AuthServer>
{
    [Fact]
    public async Task A_token_that_is_none_is_refused()
    {
        using var response = await auth.V1Async(
            HttpMethod.Post,
            "validate-token",
            null,
            ("Authorization", "Bearer a.b.c")
        );
        await Golden.CheckAsync(response, "validate-token-401-invalid");
    }

    [Fact]
    public async Task An_expired_token_is_told_apart()
    {
        await using var own = await AuthServer.StartAsync();
        var pair = await own.LoginAsync();
        own.Server.Time.Advance(TimeSpan.FromDays(1));
        using var response = await own.V1Async(HttpMethod.Post, "validate-token", null, ("Authorization", pair.Access));
        await Golden.CheckAsync(response, "validate-token-401-expired");
    }
}
