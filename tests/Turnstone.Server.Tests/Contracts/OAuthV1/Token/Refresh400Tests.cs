using System.Net;
using Turnstone.Sessions;

namespace Turnstone.Server.Tests.Contracts.OAuthV1.Token;

public sealed class Refresh400Tests
{
    [Fact]
    public async Task A_token_of_one_type_does_not_refresh_as_the_other_and_is_not_consumed()
    {
        await using var server = await Wire.StartAsync();
        var (_, refresh) = await server.OAuthV1Async("company");
        await Golden.CheckAsync(
            await server.JsonAsync("/v1/oauth/token/user", Wire.RefreshBody(refresh)),
            "invalid-refresh-token-400"
        );
        server.Time.Advance(TimeSpan.FromMinutes(2));
        await server.JsonAsync("/v1/oauth/token/company", Wire.RefreshBody(refresh)).PairAsync();
    }

    [Fact]
    public async Task A_replaced_refresh_token_ends_the_session()
    {
        await using var server = await Wire.StartAsync();
        var (_, first) = await server.OAuthV1Async();
        var (access, second) = await server.JsonAsync("/v1/oauth/token/user", Wire.RefreshBody(first)).PairAsync();
        server.Time.Advance(TimeSpan.FromMinutes(2));
        await Golden.CheckAsync(await server.JsonAsync("/v1/oauth/token/user", Wire.RefreshBody(first)), "reused-400");
        await Golden.CheckAsync(
            await server.JsonAsync("/v1/oauth/token/user", Wire.RefreshBody(second)),
            "revoked-400"
        );
        Assert.Equal(HttpStatusCode.Unauthorized, (await server.GetAsync("/v1/oauth/token", access)).StatusCode);
    }

    [Fact]
    public async Task A_bad_Idempotency_Key_consumes_nothing()
    {
        await using var server = await Wire.StartAsync();
        var (_, refresh) = await server.OAuthV1Async();
        await Golden.CheckAsync(
            await server.JsonAsync(
                "/v1/oauth/token/user",
                Wire.RefreshBody(refresh),
                ("Idempotency-Key", new string('k', 256))
            ),
            "idempotency-key-400"
        );
        server.Time.Advance(TimeSpan.FromMinutes(2));
        await server.JsonAsync("/v1/oauth/token/user", Wire.RefreshBody(refresh)).PairAsync();
    }

    [Fact]
    public async Task A_token_past_its_end_is_refused()
    {
        await using var server = await Wire.StartAsync();
        var (_, refresh) = await server.OAuthV1Async();
        server.Time.Advance(TimeSpan.FromDays(60));
        await Golden.CheckAsync(
            await server.JsonAsync("/v1/oauth/token/user", Wire.RefreshBody(refresh)),
            "expired-400"
        );
    }

    [Fact]
    public async Task Where_the_client_says_so_an_early_refresh_is_told_how_long_to_wait_and_consumes_nothing()
    {
        await using var server = await Wire.StartAsync();
        await OwnClient.AddAsync(server, client => client with { Early = EarlyRefresh.Reject });
        var (_, refresh) = await server
            .JsonAsync("/v1/oauth/token/user", OwnClient.CodeBody(await server.CodeAsync("oauth-v1", OwnClient.Id)))
            .PairAsync();
        var body = Wire.RefreshBody(refresh, OwnClient.Id, OwnClient.Secret);
        var response = await server.JsonAsync("/v1/oauth/token/user", body);
        await Golden.CheckAsync(response, "too-early-400");
        server.Time.Advance(response.Headers.RetryAfter!.Delta!.Value);
        await server.JsonAsync("/v1/oauth/token/user", body).PairAsync();
    }

    [Fact]
    public async Task A_client_that_may_not_refresh_is_told_so()
    {
        await using var server = await Wire.StartAsync();
        await OwnClient.AddAsync(server, client => client with { GrantTypes = ["authorization_code"] });
        await Golden.CheckAsync(
            await server.JsonAsync("/v1/oauth/token/user", Wire.RefreshBody("tsr_any", OwnClient.Id, OwnClient.Secret)),
            "unauthorized-client-400"
        );
    }
}
