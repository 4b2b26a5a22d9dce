using System.Security.Cryptography;
using System.Text;
using Turnstone.Directory;
using Turnstone.Model;

namespace Turnstone.Server.Tests.Contracts.OAuthV1.Token;

public sealed class Ok200Tests
{
    [Theory]
    [InlineData("user")]
    [InlineData("company")]
    public async Task A_code_gives_a_token_of_the_type_that_was_asked_for(string type)
    {
        await using var server = await Wire.StartAsync();
        var response = await server.JsonAsync(
            $"/v1/oauth/token/{type}",
            Wire.CodeBody(await server.CodeAsync("oauth-v1"))
        );
        await Golden.CheckAsync(response, $"code-{type}-200");
    }

    [Fact]
    public async Task A_form_is_taken_like_JSON()
    {
        await using var server = await Wire.StartAsync();
        var (_, refresh) = await server.OAuthV1Async();
        var response = await server.FormAsync(
            "/v1/oauth/token/user",
            $"grant_type=refresh_token&refresh_token={refresh}&client_id={Known.ClientId}"
                + $"&client_secret={Uri.EscapeDataString(Known.ClientSecret)}"
        );
        await Golden.CheckAsync(response, "refresh-200");
    }

    [Fact]
    public async Task Each_refresh_gives_a_new_refresh_token_and_a_company_its_email_again()
    {
        await using var server = await Wire.StartAsync();
        var (_, first) = await server.OAuthV1Async("company");
        var response = await server.JsonAsync("/v1/oauth/token/company", Wire.RefreshBody(first));
        await Golden.CheckAsync(response, "refresh-company-200");
        Assert.NotEqual(first, (string?)(await response.BodyAsync())["refresh_token"]);
    }

    [Fact]
    public async Task The_same_Idempotency_Key_gets_the_same_answer_an_hour_later()
    {
        await using var server = await Wire.StartAsync();
        var (_, first) = await server.OAuthV1Async();
        var (_, second) = await server
            .JsonAsync("/v1/oauth/token/user", Wire.RefreshBody(first), ("Idempotency-Key", "once"))
            .PairAsync();
        server.Time.Advance(TimeSpan.FromHours(1));
        var (_, again) = await server
            .JsonAsync("/v1/oauth/token/user", Wire.RefreshBody(first), ("Idempotency-Key", "once"))
            .PairAsync();
        Assert.Equal(second, again);
    }

    [Fact]
    public async Task A_client_that_lost_the_answer_gets_it_again()
    {
        await using var server = await Wire.StartAsync();
        var (_, first) = await server.OAuthV1Async();
        var (_, second) = await server.JsonAsync("/v1/oauth/token/user", Wire.RefreshBody(first)).PairAsync();
        var (_, again) = await server.JsonAsync("/v1/oauth/token/user", Wire.RefreshBody(first)).PairAsync();
        Assert.Equal(second, again);
    }

    [Fact]
    public async Task The_client_may_come_by_Basic()
    {
        await using var server = await Wire.StartAsync();
        var (_, refresh) = await server.OAuthV1Async();
        var body = Wire.Json(("grant_type", "refresh_token"), ("refresh_token", refresh));
        await Golden.CheckAsync(
            await server.JsonAsync("/v1/oauth/token/user", body, Wire.Basic(Known.ClientId, Known.ClientSecret)),
            "refresh-200"
        );
    }

    [Fact]
    public async Task A_public_client_exchanges_a_code_with_its_verifier()
    {
        await using var server = await Wire.StartAsync();
        const string Verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        var challenge = Base64UrlText.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier)));
        var body = Wire.Json(
            ("grant_type", "authorization_code"),
            ("code", await server.CodeAsync("oauth-v1", Known.PublicClientId, challenge)),
            ("redirect_uri", Wire.Redirect),
            ("client_id", Known.PublicClientId),
            ("code_verifier", Verifier)
        );
        await Golden.CheckAsync(await server.JsonAsync("/v1/oauth/token/user", body), "code-user-200");
    }

    [Fact]
    public async Task A_client_that_may_not_refresh_gets_no_refresh_token()
    {
        await using var server = await Wire.StartAsync();
        await OwnClient.AddAsync(server, client => client with { GrantTypes = ["authorization_code"] });
        await Golden.CheckAsync(
            await server.JsonAsync(
                "/v1/oauth/token/user",
                OwnClient.CodeBody(await server.CodeAsync("oauth-v1", OwnClient.Id))
            ),
            "code-not-refreshable-200"
        );
    }
}
