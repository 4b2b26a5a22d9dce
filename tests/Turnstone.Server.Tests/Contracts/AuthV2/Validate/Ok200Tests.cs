using System.Net;

namespace Turnstone.Server.Tests.Contracts.AuthV2.Validate;

public sealed class Ok200Tests(AuthServer auth) : IClassFixture<AuthServer>
{
    [Theory]
    [InlineData("Bearer ")]
    [InlineData("bearer ")]
    [InlineData("BEARER   ")]
    [InlineData("")]
    public async Task A_good_token_is_good_however_it_is_introduced(string scheme)
    {
        var pair = await auth.LoginAsync();
        using var response = await auth.V2Async("validate", null, ("Authorization", scheme + pair.Access));
        await Golden.CheckAsync(response, "validate-200");
    }

    [Fact]
    public async Task A_body_is_not_looked_at()
    {
        var pair = await auth.LoginAsync();
        await AuthServer.AssertStatusAsync(
            HttpStatusCode.OK,
            auth.V2Async("validate", "not json", ("Authorization", pair.Access))
        );
    }
}
