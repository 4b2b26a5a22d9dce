namespace Turnstone.Server.Tests.Contracts.SessionV3.Refresh;

public sealed class TooLarge413Tests
{
    [Theory]
    [InlineData("/v3/auth/refresh")]
    [InlineData("/auth/refresh")]
    public async Task A_body_over_16_KiB_has_a_problem_of_its_own(string path)
    {
        await using var server = await Wire.StartAsync();
        await Golden.CheckAsync(await server.JsonAsync(path, new string(' ', 17 * 1024)), "refresh-too-large-413");
    }
}
