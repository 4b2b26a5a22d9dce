namespace Turnstone.Server.Tests.Contracts.AuthV1.Token;

public sealed class Ok200Tests(AuthServer auth) : IClassFixture<AuthServer>
{
    [Fact]
    public async Task A_code_gives_a_token_set()
    {
        var code = await Known.CodeAsync(auth.Server.Services, "auth");
        using var response = await auth.V1Async(HttpMethod.Get, $"token?code={code}");
        await Golden.CheckAsync(response, "token-200");
    }
}
