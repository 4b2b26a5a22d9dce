using System.Net;

namespace Turnstone.Server.Tests.Dialects.OAuth2;

public sealed class RevokeTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Either_token_ends_the_session(bool byRefreshToken)
    {
        await using var server = await Wire.StartAsync();
        var (access, refresh) = await server.OAuth2Async();
        await Golden.CheckAsync(await RevokeAsync(server, byRefreshToken ? refresh : access, Known.ClientId, Known.ClientSecret), "revoke-200");
        Assert.Equal(HttpStatusCode.Unauthorized, (await server.GetAsync("/v3/individuals", access)).StatusCode);
        await Golden.CheckAsync(
            await server.FormAsync("/oauth2/token", $"grant_type=refresh_token&refresh_token={refresh}", Wire.Basic(Known.ClientId, Known.ClientSecret)), "revoked-400");
    }

    [Fact]
    public async Task Another_clients_token_is_refused_and_lives_on()
    {
        await using var server = await Wire.StartAsync();
        var (access, refresh) = await server.OAuth2Async();
        await Golden.CheckAsync(await RevokeAsync(server, refresh, Known.OtherClientId, Known.OtherClientSecret), "revoke-not-yours-400");
        Assert.Equal(HttpStatusCode.OK, (await server.GetAsync("/v3/individuals", access)).StatusCode);
    }

    [Fact]
    public async Task What_is_no_token_is_as_good_as_revoked_and_nothing_at_all_is_malformed()
    {
        await using var server = await Wire.StartAsync();
        await Golden.CheckAsync(await RevokeAsync(server, "nothing", Known.ClientId, Known.ClientSecret), "revoke-200");
        await Golden.CheckAsync(await RevokeAsync(server, "", Known.ClientId, Known.ClientSecret), "revoke-missing-400");
        await Golden.CheckAsync(await RevokeAsync(server, "nothing", Known.ClientId, "wrong"), "invalid-client-401");
    }

    private static Task<HttpResponseMessage> RevokeAsync(TurnstoneServer server, string token, string id, string secret) =>
        server.FormAsync("/oauth2/revoke", $"token={token}", Wire.Basic(id, secret));
}
