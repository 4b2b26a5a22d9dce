using System.Net;
using Turnstone.Directory;

namespace Turnstone.Server.Tests.Contracts.OAuth2.Revoke;

public sealed class Ok200Tests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Either_token_ends_the_session(bool byRefreshToken)
    {
        await using var server = await Wire.StartAsync();
        var (access, refresh) = await server.OAuth2Async();
        await Golden.CheckAsync(
            await RevokeAsync(server, byRefreshToken ? refresh : access, Known.ClientId, Known.ClientSecret),
            "revoke-200"
        );
        Assert.Equal(HttpStatusCode.Unauthorized, (await server.GetAsync("/v3/individuals", access)).StatusCode);
        await Golden.CheckAsync(
            await server.FormAsync(
                "/oauth2/token",
                $"grant_type=refresh_token&refresh_token={refresh}",
                Wire.Basic(Known.ClientId, Known.ClientSecret)
            ),
            "revoked-400"
        );
    }

    [Fact]
    public async Task What_is_no_token_is_as_good_as_revoked_and_so_is_one_that_was()
    {
        await using var server = await Wire.StartAsync();
        await Golden.CheckAsync(await RevokeAsync(server, "nothing", Known.ClientId, Known.ClientSecret), "revoke-200");
        var (_, refresh) = await server.OAuth2Async();
        await Golden.CheckAsync(await RevokeAsync(server, refresh, Known.ClientId, Known.ClientSecret), "revoke-200");
        await Golden.CheckAsync(await RevokeAsync(server, refresh, Known.ClientId, Known.ClientSecret), "revoke-200");
    }

    [Fact]
    public async Task The_secret_may_come_in_the_body_and_the_hint_is_not_needed()
    {
        await using var server = await Wire.StartAsync();
        var (access, _) = await server.OAuth2Async();
        var form =
            $"token={access}&token_type_hint=refresh_token"
            + $"&client_id={Known.ClientId}&client_secret={Uri.EscapeDataString(Known.ClientSecret)}";
        await Golden.CheckAsync(await server.FormAsync("/oauth2/revoke", form), "revoke-200");
        Assert.Equal(HttpStatusCode.Unauthorized, (await server.GetAsync("/v3/individuals", access)).StatusCode);
    }

    private static Task<HttpResponseMessage> RevokeAsync(
        TurnstoneServer server,
        string token,
        string id,
        string secret
    ) => server.FormAsync("/oauth2/revoke", $"token={token}", Wire.Basic(id, secret));
}
