using System.Net;

namespace Turnstone.Server.Tests.Dialects.SessionV3;

public sealed class RefreshTests
{
    private static readonly TimeSpan Access = TimeSpan.FromMinutes(15);

    [Theory]
    [InlineData("/v3/auth/refresh")]
    [InlineData("/auth/refresh")]
    public async Task One_login_and_three_refreshes_an_hour_and_then_a_new_login(string path)
    {
        await using var server = await Wire.StartAsync();
        var (_, refresh) = await server.SessionV3Async();
        for (var i = 0; i < 3; i++)
        {
            server.Time.Advance(Access);
            var response = await server.JsonAsync(path, Wire.Json(("refresh_token", refresh)));
            await Golden.CheckAsync(response, "refresh-200");
            refresh = (string)(await response.BodyAsync())["refresh_token"]!;
        }

        server.Time.Advance(Access);
        await Golden.CheckAsync(await server.JsonAsync(path, Wire.Json(("refresh_token", refresh))), "refresh-session-expired-401");
    }

    [Fact]
    public async Task Too_early_is_a_400_with_the_seconds_to_wait_and_consumes_nothing()
    {
        await using var server = await Wire.StartAsync();
        var (_, refresh) = await server.SessionV3Async();
        server.Time.Advance(TimeSpan.FromMinutes(5));
        await Golden.CheckAsync(await server.JsonAsync("/v3/auth/refresh", Wire.Json(("refresh_token", refresh))), "refresh-too-early-400");
        server.Time.Advance(TimeSpan.FromSeconds(600));
        await server.JsonAsync("/v3/auth/refresh", Wire.Json(("refresh_token", refresh))).PairAsync();
    }

    [Fact]
    public async Task A_client_that_lost_the_answer_is_not_early_and_gets_it_again()
    {
        await using var server = await Wire.StartAsync();
        var (_, first) = await server.SessionV3Async();
        server.Time.Advance(Access);
        var (_, second) = await server.JsonAsync("/v3/auth/refresh", Wire.Json(("refresh_token", first))).PairAsync();
        var (_, again) = await server.JsonAsync("/auth/refresh", Wire.Json(("refresh_token", first))).PairAsync();
        Assert.Equal(second, again);
    }

    [Fact]
    public async Task A_replaced_token_ends_the_session()
    {
        await using var server = await Wire.StartAsync();
        var (_, first) = await server.SessionV3Async();
        server.Time.Advance(Access);
        var (access, second) = await server.JsonAsync("/v3/auth/refresh", Wire.Json(("refresh_token", first))).PairAsync();
        server.Time.Advance(TimeSpan.FromMinutes(2));
        await Golden.CheckAsync(await server.JsonAsync("/v3/auth/refresh", Wire.Json(("refresh_token", first))), "refresh-reused-401");
        await Golden.CheckAsync(await server.JsonAsync("/v3/auth/refresh", Wire.Json(("refresh_token", second))), "refresh-revoked-401");
        Assert.Equal(HttpStatusCode.Unauthorized, (await server.GetAsync("/v3/individuals", access)).StatusCode);
    }

    [Theory]
    [InlineData("refresh-invalid-401", """{"refresh_token":"tsr_nothing"}""")]
    [InlineData("refresh-missing-400", "{}")]
    [InlineData("refresh-wrong-type-400", """{"refresh_token":{}}""")]
    public async Task Anything_else_gets_its_problem(string golden, string body)
    {
        await using var server = await Wire.StartAsync();
        await Golden.CheckAsync(await server.JsonAsync("/v3/auth/refresh", body), golden);
    }
}
