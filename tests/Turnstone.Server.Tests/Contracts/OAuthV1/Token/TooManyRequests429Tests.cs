using Turnstone.Directory;

namespace Turnstone.Server.Tests.Contracts.OAuthV1.Token;

public sealed class TooManyRequests429Tests
{
    [Fact]
    public async Task Too_many_refusals_are_a_429_with_the_time_to_wait()
    {
        await using var server = await Wire.StartAsync("Turnstone:Limits:RefusalsPerNetwork:Count=1");
        await server.JsonAsync("/v1/oauth/token/user", Wire.RefreshBody("tsr_any", secret: "wrong"));
        await Golden.CheckAsync(
            await server.JsonAsync("/v1/oauth/token/user", Wire.RefreshBody("tsr_any", secret: "wrong")),
            "too-many-429"
        );
    }

    [Theory]
    [InlineData("refresh_token", "tsr_nothing")]
    [InlineData("code", "tsc_nothing")]
    public async Task So_are_too_many_forged_tokens_and_codes(string name, string value)
    {
        await using var server = await Wire.StartAsync("Turnstone:Limits:RefusalsPerNetwork:Count=1");
        var body = Wire.Json(
            ("grant_type", name == "code" ? "authorization_code" : name),
            (name, value),
            ("client_id", Known.ClientId),
            ("client_secret", Known.ClientSecret)
        );
        await server.JsonAsync("/v1/oauth/token/user", body);
        await Golden.CheckAsync(await server.JsonAsync("/v1/oauth/token/user", body), "too-many-429");
    }

    [Fact]
    public async Task A_session_in_a_tight_loop_waits_and_loses_nothing()
    {
        await using var server = await Wire.StartAsync("Turnstone:Limits:RequestsPerCredential:Count=1");
        var (_, first) = await server.OAuthV1Async();
        var (_, second) = await server.JsonAsync("/v1/oauth/token/user", Wire.RefreshBody(first)).PairAsync();
        await Golden.CheckAsync(
            await server.JsonAsync("/v1/oauth/token/user", Wire.RefreshBody(second)),
            "too-many-429"
        );
        server.Time.Advance(TimeSpan.FromMinutes(2));
        await server.JsonAsync("/v1/oauth/token/user", Wire.RefreshBody(second)).PairAsync();
    }
}
