namespace Turnstone.Server.Tests.Contracts.SessionV3.Login;

public sealed class TooLarge413Tests
{
    [Fact]
    public async Task A_body_over_16_KiB_has_a_problem_of_its_own()
    {
        await using var server = await Wire.StartAsync();
        await Golden.CheckAsync(
            await server.JsonAsync("/v3/auth/login", new string(' ', 17 * 1024)),
            "login-too-large-413"
        );
    }
}
