using System.Net;
using Turnstone.Directory;
using Turnstone.Sessions;

namespace Turnstone.Server.Tests.Contracts.OAuth2.Token;

public sealed class Refresh400Tests
{
    [Fact]
    public async Task Asking_for_a_wider_scope_consumes_nothing()
    {
        await using var server = await Wire.StartAsync();
        var (_, refresh) = await server.OAuth2Async();
        var form = $"grant_type=refresh_token&refresh_token={refresh}";
        await Golden.CheckAsync(
            await server.FormAsync(
                "/oauth2/token",
                $"{form}&scope=email",
                Wire.Basic(Known.ClientId, Known.ClientSecret)
            ),
            "invalid-scope-400"
        );
        server.Time.Advance(TimeSpan.FromMinutes(2));
        await server.FormAsync("/oauth2/token", form, Wire.Basic(Known.ClientId, Known.ClientSecret)).PairAsync();
    }

    [Fact]
    public async Task A_replaced_refresh_token_ends_the_session()
    {
        await using var server = await Wire.StartAsync();
        var (_, first) = await server.OAuth2Async();
        var (access, second) = await RefreshAsync(server, first).PairAsync();
        server.Time.Advance(TimeSpan.FromMinutes(2));
        await Golden.CheckAsync(await RefreshAsync(server, first), "reused-400");
        await Golden.CheckAsync(await RefreshAsync(server, second), "revoked-400");
        Assert.Equal(HttpStatusCode.Unauthorized, (await server.GetAsync("/v3/individuals", access)).StatusCode);
    }

    [Fact]
    public async Task A_token_past_its_end_is_refused()
    {
        await using var server = await Wire.StartAsync();
        var (_, refresh) = await server.OAuth2Async();
        server.Time.Advance(TimeSpan.FromDays(14));
        await Golden.CheckAsync(await RefreshAsync(server, refresh), "expired-400");
    }

    [Fact]
    public async Task Where_the_client_says_so_an_early_refresh_is_told_how_long_to_wait_and_consumes_nothing()
    {
        await using var server = await Wire.StartAsync();
        await OwnClient.AddAsync(server, client => client with { Early = EarlyRefresh.Reject });
        var code = await server.CodeAsync("oauth2", OwnClient.Id);
        var (_, refresh) = await server
            .FormAsync(
                "/oauth2/token",
                $"grant_type=authorization_code&redirect_uri={Wire.Redirect}&code={code}",
                OwnClient.Basic
            )
            .PairAsync();
        var form = $"grant_type=refresh_token&refresh_token={refresh}";
        var response = await server.FormAsync("/oauth2/token", form, OwnClient.Basic);
        await Golden.CheckAsync(response, "too-early-400");
        server.Time.Advance(response.Headers.RetryAfter!.Delta!.Value);
        await server.FormAsync("/oauth2/token", form, OwnClient.Basic).PairAsync();
    }

    [Fact]
    public async Task A_bad_Idempotency_Key_consumes_nothing()
    {
        await using var server = await Wire.StartAsync();
        var (_, refresh) = await server.OAuth2Async();
        await Golden.CheckAsync(
            await RefreshAsync(server, refresh, ("Idempotency-Key", new string('k', 256))),
            "idempotency-key-400"
        );
        server.Time.Advance(TimeSpan.FromMinutes(2));
        await RefreshAsync(server, refresh).PairAsync();
    }

    private static Task<HttpResponseMessage> RefreshAsync(
        TurnstoneServer server,
        string token,
        params (string Name, string Value)[] headers
    ) =>
        server.FormAsync(
            "/oauth2/token",
            $"grant_type=refresh_token&refresh_token={token}",
            [Wire.Basic(Known.ClientId, Known.ClientSecret), .. headers]
        );
}
