namespace Turnstone.Server.Tests.Dialects.SessionV3;

public sealed class IndividualsTests
{
    [Fact]
    public async Task A_valid_token_opens_the_sample_API()
    {
        await using var server = await Wire.StartAsync();
        var (access, _) = await server.SessionV3Async();
        await Golden.CheckAsync(await server.GetAsync("/v3/individuals", access), "individuals-200");
    }

    [Fact]
    public async Task Without_one_the_challenge_tells_missing_expired_and_bad_apart()
    {
        await using var server = await Wire.StartAsync();
        var (access, _) = await server.SessionV3Async();
        await Golden.CheckAsync(await server.GetAsync("/v3/individuals"), "individuals-missing-401");
        await Golden.CheckAsync(await server.GetAsync("/v3/individuals", access[..^4] + "AAAA"), "individuals-invalid-401");
        server.Time.Advance(TimeSpan.FromMinutes(16));
        await Golden.CheckAsync(await server.GetAsync("/v3/individuals", access), "individuals-expired-401");
    }
}
