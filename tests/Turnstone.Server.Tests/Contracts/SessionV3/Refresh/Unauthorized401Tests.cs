using System.Net;

namespace Turnstone.Server.Tests.Contracts.SessionV3.Refresh;

public sealed class Unauthorized401Tests
{
    [Fact]
    public async Task A_replaced_token_ends_the_session()
    {
        await using var server = await Wire.StartAsync();
        var (_, first) = await server.SessionV3Async();
        server.Time.Advance(TimeSpan.FromMinutes(15));
        var (access, second) = await server
            .JsonAsync("/v3/auth/refresh", Wire.Json(("refresh_token", first)))
            .PairAsync();
        server.Time.Advance(TimeSpan.FromMinutes(2));
        await Golden.CheckAsync(
            await server.JsonAsync("/v3/auth/refresh", Wire.Json(("refresh_token", first))),
            "refresh-reused-401"
        );
        await Golden.CheckAsync(
            await server.JsonAsync("/v3/auth/refresh", Wire.Json(("refresh_token", second))),
            "refresh-revoked-401"
        );
        Assert.Equal(HttpStatusCode.Unauthorized, (await server.GetAsync("/v3/individuals", access)).StatusCode);
    }

    [Fact]
    public async Task The_session_ends_an_hour_after_the_login_and_no_refresh_moves_that()
    {
        await using var server = await Wire.StartAsync();
        var (_, first) = await server.SessionV3Async();
        server.Time.Advance(TimeSpan.FromMinutes(59));
        var (_, second) = await server.JsonAsync("/v3/auth/refresh", Wire.Json(("refresh_token", first))).PairAsync();
        server.Time.Advance(TimeSpan.FromMinutes(1));
        await Golden.CheckAsync(
            await server.JsonAsync("/v3/auth/refresh", Wire.Json(("refresh_token", second))),
            "refresh-session-expired-401"
        );
    }

    [Theory]
    [InlineData("refresh-invalid-401", """{"refresh_token":"tsr_nothing"}""")]
    [InlineData("refresh-invalid-401", """{"refresh_token":""}""")]
    public async Task Anything_else_gets_its_problem(string golden, string body)
    {
        await using var server = await Wire.StartAsync();
        await Golden.CheckAsync(await server.JsonAsync("/v3/auth/refresh", body), golden);
    }

    [Fact]
    public async Task Another_contracts_token_is_as_good_as_none_here()
    {
        await using var server = await Wire.StartAsync();
        var (_, refresh) = await server.OAuth2Async();
        await Golden.CheckAsync(
            await server.JsonAsync("/v3/auth/refresh", Wire.Json(("refresh_token", refresh))),
            "refresh-invalid-401"
        );
    }
}
