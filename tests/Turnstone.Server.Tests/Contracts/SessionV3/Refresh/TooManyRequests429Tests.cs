namespace Turnstone.Server.Tests.Contracts.SessionV3.Refresh;

public sealed class TooManyRequests429Tests
{
    [Fact]
    public async Task Forged_tokens_make_the_network_wait_and_not_who_has_a_real_one()
    {
        await using var server = await Wire.StartAsync("Turnstone:Limits:RefusalsPerNetwork:Count=1");
        var (_, refresh) = await server.SessionV3Async();
        server.Time.Advance(TimeSpan.FromMinutes(15));
        await server.JsonAsync("/v3/auth/refresh", Wire.Json(("refresh_token", "tsr_nothing")));
        await Golden.CheckAsync(
            await server.JsonAsync("/v3/auth/refresh", Wire.Json(("refresh_token", "tsr_nothing"))),
            "refresh-too-many-429"
        );
        await server.JsonAsync("/v3/auth/refresh", Wire.Json(("refresh_token", refresh))).PairAsync();
    }

    [Fact]
    public async Task A_session_in_a_tight_loop_waits_and_loses_nothing()
    {
        await using var server = await Wire.StartAsync("Turnstone:Limits:RequestsPerCredential:Count=1");
        var (_, first) = await server.SessionV3Async();
        server.Time.Advance(TimeSpan.FromMinutes(15));
        var (_, second) = await server.JsonAsync("/v3/auth/refresh", Wire.Json(("refresh_token", first))).PairAsync();
        await Golden.CheckAsync(
            await server.JsonAsync("/v3/auth/refresh", Wire.Json(("refresh_token", second))),
            "refresh-too-fast-429"
        );
        server.Time.Advance(TimeSpan.FromMinutes(15));
        await server.JsonAsync("/v3/auth/refresh", Wire.Json(("refresh_token", second))).PairAsync();
    }
}
