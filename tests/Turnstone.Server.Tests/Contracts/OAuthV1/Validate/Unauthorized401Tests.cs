using System.Net;
using Turnstone.Directory;

namespace Turnstone.Server.Tests.Contracts.OAuthV1.Validate;

public sealed class Unauthorized401Tests
{
    [Theory]
    [InlineData(null, "validate-missing-401")]
    [InlineData("not.a.token", "validate-invalid-401")]
    public async Task Anything_else_gets_the_documents_own_body(string? bearer, string golden)
    {
        await using var server = await Wire.StartAsync();
        await Golden.CheckAsync(await server.GetAsync("/v1/oauth/token", bearer), golden);
    }

    [Fact]
    public async Task The_challenge_tells_an_expired_token()
    {
        await using var server = await Wire.StartAsync();
        var (access, _) = await server.OAuthV1Async();
        server.Time.Advance(TimeSpan.FromDays(31));
        await Golden.CheckAsync(await server.GetAsync("/v1/oauth/token", access), "validate-expired-401");
    }

    [Fact]
    public async Task Two_Authorization_headers_are_none()
    {
        await using var server = await Wire.StartAsync();
        var (access, _) = await server.OAuthV1Async();
        var response = await RawRequest.SendAsync(
            server,
            "GET",
            "/v1/oauth/token",
            null,
            ("Authorization", $"Bearer {access}"),
            ("Authorization", $"Bearer {access}")
        );
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        await Golden.CheckAsync(response, "validate-missing-401");
    }

    [Theory]
    [InlineData("")]
    [InlineData("Basic ")]
    public async Task A_token_without_Bearer_before_it_is_none(string scheme)
    {
        await using var server = await Wire.StartAsync();
        var (access, _) = await server.OAuthV1Async();
        await Golden.CheckAsync(
            await server.SendAsync(HttpMethod.Get, "/v1/oauth/token", null, ("Authorization", scheme + access)),
            "validate-missing-401"
        );
    }

    [Fact]
    public async Task A_refresh_token_and_the_token_of_an_ended_session_are_bad_ones()
    {
        await using var server = await Wire.StartAsync();
        var (access, refresh) = await server.OAuthV1Async();
        await Golden.CheckAsync(await server.GetAsync("/v1/oauth/token", refresh), "validate-invalid-401");
        await server.FormAsync("/oauth2/revoke", $"token={refresh}", Wire.Basic(Known.ClientId, Known.ClientSecret));
        await Golden.CheckAsync(await server.GetAsync("/v1/oauth/token", access), "validate-invalid-401");
    }
}
