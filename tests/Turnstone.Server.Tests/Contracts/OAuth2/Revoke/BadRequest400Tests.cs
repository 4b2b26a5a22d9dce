using System.Net;
using Turnstone.Directory;

namespace Turnstone.Server.Tests.Contracts.OAuth2.Revoke;

public sealed class BadRequest400Tests
{
    [Fact]
    public async Task Another_clients_token_is_refused_and_lives_on()
    {
        await using var server = await Wire.StartAsync();
        var (access, refresh) = await server.OAuth2Async();
        await Golden.CheckAsync(
            await server.FormAsync(
                "/oauth2/revoke",
                $"token={refresh}",
                Wire.Basic(Known.OtherClientId, Known.OtherClientSecret)
            ),
            "revoke-not-yours-400"
        );
        Assert.Equal(HttpStatusCode.OK, (await server.GetAsync("/v3/individuals", access)).StatusCode);
    }

    [Fact]
    public async Task Nor_may_a_client_give_back_what_no_client_was_given()
    {
        await using var server = await Wire.StartAsync();
        var (access, _) = await server.SessionV3Async();
        await Golden.CheckAsync(
            await server.FormAsync("/oauth2/revoke", $"token={access}", Wire.Basic(Known.ClientId, Known.ClientSecret)),
            "revoke-not-yours-400"
        );
        Assert.Equal(HttpStatusCode.OK, (await server.GetAsync("/v3/individuals", access)).StatusCode);
    }

    [Theory]
    [InlineData("revoke-missing-400", "")]
    [InlineData("revoke-missing-400", "token=")]
    [InlineData("revoke-repeated-400", "token=a&token=b")]
    [InlineData("revoke-malformed-400", "token=%zz")]
    [InlineData("revoke-two-ways-400", "token=a&client_secret=x")]
    [InlineData("revoke-two-ways-400", $"token=a&client_id={Known.OtherClientId}")]
    public async Task What_cannot_be_understood_gets_its_error(string golden, string form)
    {
        await using var server = await Wire.StartAsync();
        await Golden.CheckAsync(
            await server.FormAsync("/oauth2/revoke", form, Wire.Basic(Known.ClientId, Known.ClientSecret)),
            golden
        );
    }
}
