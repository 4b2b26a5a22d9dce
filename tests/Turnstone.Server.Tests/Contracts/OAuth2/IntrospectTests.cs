using System.Net;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Turnstone.Model;
using static Turnstone.Server.Tests.Contracts.OAuth2.IntrospectCalls;

namespace Turnstone.Server.Tests.Contracts.OAuth2;

/// <summary>RFC 7662 and RFC 9701: what an API learns about a token, and what it does not.</summary>
public sealed class IntrospectTests
{
    private const string Signed = "application/token-introspection+jwt";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_access_token_that_lives_is_described()
    {
        await using var server = await StartAsync();
        var (access, _) = await server.OAuth2Async();

        using var answer = await AskAsync(server, access);
        var said = await answer.BodyAsync();

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(
            ["active", "scope", "client_id", "token_type", "exp", "iat", "sub", "aud", "iss", "jti"],
            said.Select(member => member.Key)
        );
        Assert.True((bool)said["active"]!);
        Assert.Equal(
            ("individuals.read", Known.ClientId, "Bearer", "https://id.example.test", "https://id.example.test"),
            (
                (string?)said["scope"],
                (string?)said["client_id"],
                (string?)said["token_type"],
                (string?)said["aud"],
                (string?)said["iss"]
            )
        );
        Assert.Equal((await Known.AccountAsync(server.Services))!.Id.ToString(), (string?)said["sub"]);
        Assert.Equal(3_600, (long)said["exp"]! - (long)said["iat"]!);
        Assert.Equal(new JsonWebToken(access).Id, (string?)said["jti"]);
        Assert.Equal("no-store", answer.Headers.CacheControl?.ToString());
    }

    [Fact]
    public async Task Another_contracts_token_for_this_audience_is_described_too()
    {
        await using var server = await StartAsync();
        var (access, _) = await server.SessionV3Async();

        Assert.True(await IsActiveAsync(server, access));
    }

    [Fact]
    public async Task A_refresh_token_is_described_to_the_client_that_holds_it_and_to_nobody_else()
    {
        await using var server = await StartAsync();
        await AllowAsync(server, Known.ClientId);
        var (_, refresh) = await server.OAuth2Async();

        using var answer = await AskAsync(server, refresh, Wire.Basic(Known.ClientId, Known.ClientSecret));
        var said = await answer.BodyAsync();

        Assert.Equal(
            (true, "N_A", Known.ClientId, false),
            ((bool)said["active"]!, (string?)said["token_type"], (string?)said["client_id"], said.ContainsKey("jti"))
        );
        Assert.Equal(1_209_600, (long)said["exp"]! - (long)said["iat"]!);
        await IsInactiveAsync(await AskAsync(server, refresh));
    }

    [Fact]
    public async Task A_refresh_token_that_was_replaced_is_dead_and_asking_ends_nothing()
    {
        await using var server = await StartAsync();
        await AllowAsync(server, Known.ClientId);
        var basic = Wire.Basic(Known.ClientId, Known.ClientSecret);
        var (_, first) = await server.OAuth2Async();
        var (_, second) = await RefreshAsync(server, first);
        var (_, third) = await RefreshAsync(server, second);

        await IsInactiveAsync(await AskAsync(server, first, basic));

        Assert.True((bool)(await (await AskAsync(server, third, basic)).BodyAsync())["active"]!);
        await RefreshAsync(server, third);
    }

    [Theory]
    [InlineData("nothing")]
    [InlineData("tsr_nothing")]
    [InlineData("eyJhbGciOiJub25lIn0.e30.")]
    [InlineData("a.b.c")]
    [InlineData("\u00e9")]
    public async Task What_is_no_token_of_ours_is_not_active_and_nothing_more(string token)
    {
        await using var server = await StartAsync();

        await IsInactiveAsync(await AskAsync(server, token));
    }

    [Fact]
    public async Task What_is_longer_than_any_token_is_not_active_and_as_good_as_revoked()
    {
        await using var server = await StartAsync();
        var text = new string('x', 12_000);
        var basic = Wire.Basic(Known.ClientId, Known.ClientSecret);

        await IsInactiveAsync(await AskAsync(server, text));
        using var revoked = await server.FormAsync("/oauth2/revoke", $"token={text}", basic);

        Assert.Equal(HttpStatusCode.OK, revoked.StatusCode);
    }

    [Fact]
    public async Task A_token_that_has_ended_is_not_active_either()
    {
        await using var server = await StartAsync();
        await AllowAsync(server, Known.ClientId);
        var (access, refresh) = await server.OAuth2Async();
        Assert.True(await IsActiveAsync(server, access));

        server.Time.Advance(TimeSpan.FromSeconds(3_600 + 10));
        await IsInactiveAsync(await AskAsync(server, access));
        server.Time.Advance(TimeSpan.FromDays(14));
        await IsInactiveAsync(await AskAsync(server, refresh, Wire.Basic(Known.ClientId, Known.ClientSecret)));
    }

    [Fact]
    public async Task A_token_that_was_given_back_is_not_active_from_then_on()
    {
        await using var server = await StartAsync();
        await AllowAsync(server, Known.ClientId);
        var basic = Wire.Basic(Known.ClientId, Known.ClientSecret);
        var (access, refresh) = await server.OAuth2Async();
        using var revoked = await server.FormAsync("/oauth2/revoke", $"token={refresh}", basic);
        Assert.Equal(HttpStatusCode.OK, revoked.StatusCode);

        await IsInactiveAsync(await AskAsync(server, access));
        await IsInactiveAsync(await AskAsync(server, refresh, basic));
    }

    [Fact]
    public async Task An_ID_token_and_a_signed_answer_are_no_tokens_to_ask_about()
    {
        await using var server = await StartAsync();
        var code = await Known.CodeAsync(
            server.Services,
            "oauth2",
            Known.ClientId,
            Wire.Redirect,
            scopes: "openid email"
        );
        var idToken = await server
            .FormAsync(
                "/oauth2/token",
                $"grant_type=authorization_code&redirect_uri={Wire.Redirect}&code={code}",
                Wire.Basic(Known.ClientId, Known.ClientSecret)
            )
            .MemberAsync("id_token");
        var (access, _) = await server.OAuth2Async();
        using var signed = await AskAsync(server, access, OwnBasic, ("Accept", Signed));

        await IsInactiveAsync(await AskAsync(server, idToken));
        await IsInactiveAsync(await AskAsync(server, await signed.Content.ReadAsStringAsync(Cancel)));
    }

    [Theory]
    [InlineData("openid email", true)]
    [InlineData("openid", false)]
    [InlineData("email", false)]
    [InlineData("individuals.read", false)]
    public async Task The_persons_address_is_told_where_userinfo_would_tell_it(string scopes, bool told)
    {
        await using var server = await StartAsync();
        var code = await Known.CodeAsync(server.Services, "oauth2", Known.ClientId, Wire.Redirect, scopes: scopes);
        var access = await server
            .FormAsync(
                "/oauth2/token",
                $"grant_type=authorization_code&redirect_uri={Wire.Redirect}&code={code}",
                Wire.Basic(Known.ClientId, Known.ClientSecret)
            )
            .MemberAsync("access_token");

        var said = await (await AskAsync(server, access)).BodyAsync();

        Assert.Equal(told ? Known.Email : null, (string?)said["username"]);
    }

    [Theory]
    [InlineData(true, "RS256")]
    [InlineData(false, "RS256")]
    [InlineData(true, "ES256")]
    public async Task The_answer_is_signed_for_who_accepts_that(bool live, string alg)
    {
        await using var server = await StartAsync(client =>
            client with
            {
                Algorithm = alg == "ES256" ? SigningAlgorithm.ES256 : null,
            }
        );
        var (access, _) = await server.OAuth2Async();

        using var answer = await AskAsync(
            server,
            live ? access : "nothing",
            OwnBasic,
            ("Accept", $"text/html;q=0.1, {Signed}")
        );
        var text = await answer.Content.ReadAsStringAsync(Cancel);
        var keys = new JsonWebKeySet(
            await server.Http.GetStringAsync(new Uri("/.well-known/jwks.json", UriKind.Relative), Cancel)
        );
        var proven = await new JsonWebTokenHandler().ValidateTokenAsync(
            text,
            new TokenValidationParameters
            {
                ValidIssuer = "https://id.example.test",
                ValidAudience = OwnClient.Id,
                IssuerSigningKeys = keys.GetSigningKeys(),
                ValidTypes = ["token-introspection+jwt"],
                ValidateLifetime = false,
                RequireExpirationTime = false,
            }
        );
        var plain = await (await AskAsync(server, live ? access : "nothing")).BodyAsync();

        Assert.Equal(Signed, answer.Content.Headers.ContentType?.MediaType);
        Assert.True(proven.IsValid, proven.Exception?.Message);
        var token = (JsonWebToken)proven.SecurityToken;
        Assert.Equal(alg, token.Alg);
        Assert.Equal(
            plain.ToJsonString(),
            token.GetPayloadValue<System.Text.Json.JsonElement>("token_introspection").GetRawText()
        );
        Assert.False(token.TryGetPayloadValue<string>("sub", out _));
    }

    [Theory]
    [InlineData($"{Signed};q=0")]
    [InlineData("application/json")]
    [InlineData("*/*")]
    [InlineData(";;;")]
    public async Task Whoever_does_not_name_the_type_gets_JSON(string accept)
    {
        await using var server = await StartAsync();

        using var answer = await AskAsync(server, "nothing", OwnBasic, ("Accept", accept));

        Assert.Equal("application/json", answer.Content.Headers.ContentType?.MediaType);
    }

    private static async Task<bool> IsActiveAsync(TurnstoneServer server, string token) =>
        (bool)(await (await AskAsync(server, token)).BodyAsync())["active"]!;

    private static Task<(string Access, string Refresh)> RefreshAsync(TurnstoneServer server, string token) =>
        server
            .FormAsync(
                "/oauth2/token",
                $"grant_type=refresh_token&refresh_token={token}",
                Wire.Basic(Known.ClientId, Known.ClientSecret)
            )
            .PairAsync();
}
