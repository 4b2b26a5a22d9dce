using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Server.Tests.Contracts.OAuth2.Dpop;
using Turnstone.Tokens;

namespace Turnstone.Server.Tests.Contracts.OAuth2.Token;

public sealed class Ok200Tests
{
    [Fact]
    public async Task A_program_gets_an_access_token_and_no_refresh_token()
    {
        await using var server = await Wire.StartAsync();
        var response = await server.FormAsync(
            "/oauth2/token",
            "grant_type=client_credentials&scope=individuals.read",
            Wire.Basic(Known.ClientId, Known.ClientSecret)
        );
        await Golden.CheckAsync(response, "client-credentials-200");
    }

    [Fact]
    public async Task The_secret_may_come_in_the_body()
    {
        await using var server = await Wire.StartAsync();
        var response = await server.FormAsync(
            "/oauth2/token",
            "grant_type=client_credentials&scope=individuals.read"
                + $"&client_id={Known.ClientId}&client_secret={Uri.EscapeDataString(Known.ClientSecret)}"
        );
        await Golden.CheckAsync(response, "client-credentials-200");
    }

    [Fact]
    public async Task A_public_client_exchanges_a_code_with_its_verifier_and_refreshes()
    {
        await using var server = await Wire.StartAsync();
        const string Verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        var challenge = Base64UrlText.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier)));
        var code = await server.CodeAsync("oauth2", Known.PublicClientId, challenge);
        var form =
            $"grant_type=authorization_code&code={code}&redirect_uri={Wire.Redirect}&client_id={Known.PublicClientId}";
        await Golden.CheckAsync(
            await server.FormAsync("/oauth2/token", $"{form}&code_verifier={Verifier[..^1]}X"),
            "invalid-code-400"
        );
        var response = await server.FormAsync("/oauth2/token", $"{form}&code_verifier={Verifier}");
        await Golden.CheckAsync(response, "code-200");
        var refresh = (string)(await response.BodyAsync())["refresh_token"]!;
        await Golden.CheckAsync(
            await server.FormAsync(
                "/oauth2/token",
                $"grant_type=refresh_token&refresh_token={refresh}&client_id={Known.PublicClientId}"
            ),
            "code-200"
        );
    }

    [Fact]
    public async Task An_empty_secret_beside_the_id_of_a_public_client_counts_as_none()
    {
        await using var server = await Wire.StartAsync();
        var basic = Wire.Basic(Known.PublicClientId, "");

        var (_, refresh) = await server.FormAsync("/oauth2/token", await server.CodeFormAsync(), basic).PairAsync();
        var (access, _) = await server
            .FormAsync("/oauth2/token", $"grant_type=refresh_token&refresh_token={refresh}", basic)
            .PairAsync();
        using var revoked = await server.FormAsync("/oauth2/revoke", $"token={access}", basic);

        Assert.Equal(HttpStatusCode.OK, revoked.StatusCode);
        using var ended = await server.GetAsync("/v3/individuals", access);
        Assert.Equal(HttpStatusCode.Unauthorized, ended.StatusCode);

        // It proves nobody who has a secret.
        using var other = await server.FormAsync(
            "/oauth2/token",
            "grant_type=client_credentials",
            Wire.Basic(Known.ClientId, "")
        );
        Assert.Equal((HttpStatusCode.Unauthorized, "invalid_client"), (other.StatusCode, await other.ErrorAsync()));
    }

    [Fact]
    public async Task Fewer_scopes_are_for_one_access_token_and_the_next_has_all_again()
    {
        await using var server = await Wire.StartAsync();
        var code = await Known.CodeAsync(
            server.Services,
            "oauth2",
            Known.ClientId,
            Wire.Redirect,
            scopes: "email individuals.read"
        );
        var response = await AskAsync($"grant_type=authorization_code&redirect_uri={Wire.Redirect}&code={code}");
        await Golden.CheckAsync(response, "wide-200");
        response = await AskAsync(
            $"grant_type=refresh_token&scope=email&refresh_token={(await response.BodyAsync())["refresh_token"]}"
        );
        await Golden.CheckAsync(response, "narrowed-200");
        Assert.True(
            server
                .Services.GetRequiredService<AccessTokenReader>()
                .Read((string?)(await response.BodyAsync())["access_token"])
                .Good(out var claims)
        );
        Assert.Equal("email", claims.Scopes.ToString());
        response = await AskAsync(
            $"grant_type=refresh_token&refresh_token={(await response.BodyAsync())["refresh_token"]}"
        );
        await Golden.CheckAsync(response, "wide-200");

        Task<HttpResponseMessage> AskAsync(string form) =>
            server.FormAsync("/oauth2/token", form, Wire.Basic(Known.ClientId, Known.ClientSecret));
    }

    [Fact]
    public async Task A_client_that_may_not_refresh_gets_no_refresh_token()
    {
        await using var server = await Wire.StartAsync();
        await OwnClient.AddAsync(server, client => client with { GrantTypes = ["authorization_code"] });
        var code = await server.CodeAsync("oauth2", OwnClient.Id);
        await Golden.CheckAsync(
            await server.FormAsync(
                "/oauth2/token",
                $"grant_type=authorization_code&redirect_uri={Wire.Redirect}&code={code}",
                OwnClient.Basic
            ),
            "code-not-refreshable-200"
        );
    }

    [Fact]
    public async Task The_same_Idempotency_Key_gets_the_same_answer_an_hour_later()
    {
        await using var server = await Wire.StartAsync();
        var (_, first) = await server.OAuth2Async();
        var (_, second) = await RefreshAsync(first).PairAsync();
        server.Time.Advance(TimeSpan.FromHours(1));
        var (_, again) = await RefreshAsync(first).PairAsync();
        Assert.Equal(second, again);

        Task<HttpResponseMessage> RefreshAsync(string token) =>
            server.FormAsync(
                "/oauth2/token",
                $"grant_type=refresh_token&refresh_token={token}",
                Wire.Basic(Known.ClientId, Known.ClientSecret),
                ("Idempotency-Key", "once")
            );
    }
}
