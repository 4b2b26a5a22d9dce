using Turnstone.Directory;

namespace Turnstone.Server.Tests.Contracts.OAuth2.Token;

public sealed class TooManyRequests429Tests
{
    [Fact]
    public async Task Too_many_refusals_are_a_429()
    {
        await using var server = await Wire.StartAsync("Turnstone:Limits:RefusalsPerNetwork:Count=1");
        await server.FormAsync("/oauth2/token", "grant_type=client_credentials", Wire.Basic(Known.ClientId, "wrong"));
        await Golden.CheckAsync(
            await server.FormAsync(
                "/oauth2/token",
                "grant_type=client_credentials",
                Wire.Basic(Known.ClientId, "wrong")
            ),
            "too-many-429"
        );
    }

    [Theory]
    [InlineData("grant_type=refresh_token&refresh_token=tsr_nothing")]
    [InlineData("grant_type=authorization_code&code=tsc_nothing")]
    public async Task So_are_too_many_forged_tokens_and_codes(string form)
    {
        await using var server = await Wire.StartAsync("Turnstone:Limits:RefusalsPerNetwork:Count=1");
        await server.FormAsync("/oauth2/token", form, Wire.Basic(Known.ClientId, Known.ClientSecret));
        await Golden.CheckAsync(
            await server.FormAsync("/oauth2/token", form, Wire.Basic(Known.ClientId, Known.ClientSecret)),
            "too-many-429"
        );
    }

    [Fact]
    public async Task A_client_in_a_tight_loop_waits_and_goes_on()
    {
        await using var server = await Wire.StartAsync("Turnstone:Limits:RequestsPerCredential:Count=1");
        await AskAsync();
        await Golden.CheckAsync(await AskAsync(), "too-fast-429");
        server.Time.Advance(TimeSpan.FromSeconds(60));
        await AskAsync().MemberAsync("access_token");

        Task<HttpResponseMessage> AskAsync() =>
            server.FormAsync(
                "/oauth2/token",
                "grant_type=client_credentials",
                Wire.Basic(Known.ClientId, Known.ClientSecret)
            );
    }

    [Fact]
    public async Task A_session_in_a_tight_loop_waits_and_loses_nothing()
    {
        await using var server = await Wire.StartAsync("Turnstone:Limits:RequestsPerCredential:Count=1");
        var (_, first) = await server.OAuth2Async();
        var (_, second) = await RefreshAsync(first).PairAsync();
        await Golden.CheckAsync(await RefreshAsync(second), "too-fast-429");
        server.Time.Advance(TimeSpan.FromMinutes(2));
        await RefreshAsync(second).PairAsync();

        Task<HttpResponseMessage> RefreshAsync(string token) =>
            server.FormAsync(
                "/oauth2/token",
                $"grant_type=refresh_token&refresh_token={token}",
                Wire.Basic(Known.ClientId, Known.ClientSecret)
            );
    }
}
