namespace Turnstone.Server.Tests.Contracts.SessionV3.Individuals;

public sealed class Ok200Tests
{
    [Fact]
    public async Task A_valid_token_opens_the_sample_API()
    {
        await using var server = await Wire.StartAsync();
        var (access, _) = await server.SessionV3Async();
        await Golden.CheckAsync(await server.GetAsync("/v3/individuals", access), "individuals-200");
    }
}
