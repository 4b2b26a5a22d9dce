namespace Turnstone.Server.Tests.Contracts.SessionV3.Individuals;

public sealed class Unauthorized401Tests
{
    [Fact]
    public async Task Without_one_the_challenge_tells_missing_expired_and_bad_apart()
    {
        await using var server = await Wire.StartAsync();
        var (access, _) = await server.SessionV3Async();
        await Golden.CheckAsync(await server.GetAsync("/v3/individuals"), "individuals-missing-401");
        await Golden.CheckAsync(
            await server.GetAsync("/v3/individuals", access[..^4] + "AAAA"),
            "individuals-invalid-401"
        );
        server.Time.Advance(TimeSpan.FromMinutes(16));
        await Golden.CheckAsync(await server.GetAsync("/v3/individuals", access), "individuals-expired-401");
    }

    [Fact]
    public async Task A_token_without_Bearer_before_it_is_none()
    {
        await using var server = await Wire.StartAsync();
        var (access, _) = await server.SessionV3Async();
        await Golden.CheckAsync(
            await server.SendAsync(HttpMethod.Get, "/v3/individuals", null, ("Authorization", access)),
            "individuals-missing-401"
        );
    }

    [Fact]
    public async Task A_refresh_token_and_the_token_of_an_ended_session_are_bad_ones()
    {
        await using var server = await Wire.StartAsync();
        var (_, first) = await server.SessionV3Async();
        await Golden.CheckAsync(await server.GetAsync("/v3/individuals", first), "individuals-invalid-401");

        server.Time.Advance(TimeSpan.FromMinutes(15));
        var (access, _) = await server.JsonAsync("/v3/auth/refresh", Wire.Json(("refresh_token", first))).PairAsync();
        server.Time.Advance(TimeSpan.FromMinutes(2));
        await server.JsonAsync("/v3/auth/refresh", Wire.Json(("refresh_token", first)));
        await Golden.CheckAsync(await server.GetAsync("/v3/individuals", access), "individuals-invalid-401");
    }
}
