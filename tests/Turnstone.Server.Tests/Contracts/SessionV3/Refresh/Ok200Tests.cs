namespace Turnstone.Server.Tests.Contracts.SessionV3.Refresh;

public sealed class Ok200Tests
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
        await Golden.CheckAsync(
            await server.JsonAsync(path, Wire.Json(("refresh_token", refresh))),
            "refresh-session-expired-401"
        );
        await server.SessionV3Async();
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
    public async Task The_same_Idempotency_Key_gets_the_lost_answer_ten_minutes_later()
    {
        await using var server = await Wire.StartAsync();
        var (_, first) = await server.SessionV3Async();
        server.Time.Advance(Access);
        var (_, second) = await server
            .JsonAsync("/v3/auth/refresh", Wire.Json(("refresh_token", first)), ("Idempotency-Key", "once"))
            .PairAsync();
        server.Time.Advance(TimeSpan.FromMinutes(10));
        var (_, again) = await server
            .JsonAsync("/v3/auth/refresh", Wire.Json(("refresh_token", first)), ("Idempotency-Key", "once"))
            .PairAsync();
        Assert.Equal(second, again);
    }
}
