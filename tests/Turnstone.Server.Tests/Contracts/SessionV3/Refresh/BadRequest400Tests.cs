namespace Turnstone.Server.Tests.Contracts.SessionV3.Refresh;

public sealed class BadRequest400Tests
{
    [Theory]
    [InlineData("/v3/auth/refresh")]
    [InlineData("/auth/refresh")]
    public async Task Too_early_is_a_400_with_the_seconds_to_wait_and_consumes_nothing(string path)
    {
        await using var server = await Wire.StartAsync();
        var (_, refresh) = await server.SessionV3Async();
        server.Time.Advance(TimeSpan.FromMinutes(5));
        await Golden.CheckAsync(
            await server.JsonAsync(path, Wire.Json(("refresh_token", refresh))),
            "refresh-too-early-400"
        );
        server.Time.Advance(TimeSpan.FromSeconds(600));
        await server.JsonAsync(path, Wire.Json(("refresh_token", refresh))).PairAsync();
    }

    [Theory]
    [InlineData("refresh-missing-400", "{}")]
    [InlineData("refresh-wrong-type-400", """{"refresh_token":{}}""")]
    [InlineData("refresh-not-json-400", "{")]
    [InlineData("refresh-not-json-400", """{"refresh_token":"a","refresh_token":"b"}""")]
    [InlineData("refresh-not-an-object-400", "null")]
    public async Task Anything_else_gets_its_problem(string golden, string body)
    {
        await using var server = await Wire.StartAsync();
        await Golden.CheckAsync(await server.JsonAsync("/v3/auth/refresh", body), golden);
    }

    [Fact]
    public async Task A_token_over_512_characters_is_malformed()
    {
        await using var server = await Wire.StartAsync();
        await Golden.CheckAsync(
            await server.JsonAsync("/v3/auth/refresh", Wire.Json(("refresh_token", new string('t', 513)))),
            "refresh-too-long-400"
        );
    }

    [Fact]
    public async Task A_bad_Idempotency_Key_consumes_nothing()
    {
        await using var server = await Wire.StartAsync();
        var (_, refresh) = await server.SessionV3Async();
        server.Time.Advance(TimeSpan.FromMinutes(15));
        var body = Wire.Json(("refresh_token", refresh));
        await Golden.CheckAsync(
            await server.JsonAsync("/v3/auth/refresh", body, ("Idempotency-Key", new string('k', 256))),
            "refresh-idempotency-key-400"
        );
        server.Time.Advance(TimeSpan.FromMinutes(2));
        await server.JsonAsync("/v3/auth/refresh", body).PairAsync();
    }
}
