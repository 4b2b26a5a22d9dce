using Turnstone.Directory;

namespace Turnstone.Server.Tests.Contracts.SessionV3.Login;

public sealed class Ok200Tests
{
    [Fact]
    public async Task A_key_gives_exactly_the_pair()
    {
        await using var server = await Wire.StartAsync();
        await Golden.CheckAsync(await server.JsonAsync("/v3/auth/login", Wire.ApiKeyBody(Known.ApiKey)), "login-200");
    }

    [Fact]
    public async Task A_member_that_the_contract_does_not_know_is_ignored()
    {
        await using var server = await Wire.StartAsync();
        await Golden.CheckAsync(
            await server.JsonAsync("/v3/auth/login", Wire.Json(("api_key", Known.ApiKey), ("remember_me", "yes"))),
            "login-200"
        );
    }
}
