using System.Net;

namespace Turnstone.Server.Tests.Contracts.OAuth2.Revoke;

public sealed class Unauthorized401Tests
{
    [Theory]
    [InlineData(Known.ClientId, "wrong")]
    [InlineData("nobody", "wrong")]
    [InlineData(Known.PublicClientId, "a public client has none")]
    public async Task A_client_that_does_not_prove_itself_revokes_nothing(string id, string secret)
    {
        await using var server = await Wire.StartAsync();
        var (access, refresh) = await server.OAuth2Async();
        await Golden.CheckAsync(
            await server.FormAsync("/oauth2/revoke", $"token={refresh}", Wire.Basic(id, secret)),
            "revoke-invalid-client-401"
        );
        Assert.Equal(HttpStatusCode.OK, (await server.GetAsync("/v3/individuals", access)).StatusCode);
    }

    [Fact]
    public async Task Nor_does_one_that_does_not_say_who_it_is()
    {
        await using var server = await Wire.StartAsync();
        await Golden.CheckAsync(await server.FormAsync("/oauth2/revoke", "token=any"), "revoke-invalid-client-401");
        await Golden.CheckAsync(
            await server.FormAsync("/oauth2/revoke", "token=any", ("Authorization", "Basic !!!")),
            "revoke-unreadable-basic-401"
        );
    }
}
