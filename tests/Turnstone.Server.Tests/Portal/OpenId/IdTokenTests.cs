using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Turnstone.Model;
using Turnstone.Server.Tests.Portal.Authorize;

namespace Turnstone.Server.Tests.Portal.OpenId;

/// <summary>What a client learns of the person who signed in (OpenID Connect Core §2, §3.1.3.3, §5.3).</summary>
public sealed class IdTokenTests
{
    private const string Issuer = "https://id.example.test";

    [Fact]
    public async Task It_says_who_signed_in_when_and_how()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        server.Time.Advance(TimeSpan.FromMinutes(5));
        using var answer = await ExchangeAsync(server, visitor, ("scope", "openid email"), ("nonce", "n-0S6_\"ü"));
        var tokens = await answer.JsonAsync();

        var token = await ReadAsync(server, tokens.GetProperty("id_token").GetString()!);

        Assert.Equal("RS256", token.Alg);
        Assert.Equal((await Known.AccountAsync(server.Services))!.Id.ToString(), token.Subject);
        Assert.Equal("n-0S6_\"ü", token.GetClaim("nonce").Value);
        Assert.Equal(TurnstoneServer.Start.ToUnixTimeSeconds(), token.GetPayloadValue<long>("auth_time"));
        Assert.Equal(["pwd"], token.GetPayloadValue<string[]>("amr"));
        var access = tokens.GetProperty("access_token").GetString()!;
        Assert.Equal(
            Base64UrlText.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(access)).AsSpan(0, 16)),
            token.GetPayloadValue<string>("at_hash")
        );
    }

    [Fact]
    public async Task There_is_none_without_the_scope()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);

        using var answer = await ExchangeAsync(server, visitor, ("scope", "email"));
        var tokens = await answer.JsonAsync();

        Assert.False(tokens.TryGetProperty("id_token", out _));
        using var info = await server.Http.WithBearerAsync(
            HttpMethod.Get,
            "/oauth2/userinfo",
            tokens.GetProperty("access_token").GetString()!
        );
        Assert.Equal(HttpStatusCode.Forbidden, info.StatusCode);
        Assert.Contains("insufficient_scope", info.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_is_signed_as_the_client_has_registered()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        await ConsentTests.ChangeAsync(server, client => client with { Algorithm = SigningAlgorithm.ES256 });

        using var answer = await ExchangeAsync(server, visitor, ("scope", "openid"));

        var token = await ReadAsync(server, (await answer.JsonAsync()).GetProperty("id_token").GetString()!);
        Assert.Equal("ES256", token.Alg);
    }

    [Fact]
    public async Task A_repeated_exchange_has_it_too()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        var code = await visitor.CodeAsync(AuthorizeUrl.OAuth2(("scope", "openid"), ("nonce", "n")));

        using var first = await TokenAsync(server, code, "a key");
        using var second = await TokenAsync(server, code, "a key");

        var (one, two) = (await first.JsonAsync(), await second.JsonAsync());
        Assert.Equal(one.GetProperty("refresh_token").GetString(), two.GetProperty("refresh_token").GetString());
        var token = await ReadAsync(server, two.GetProperty("id_token").GetString()!);
        Assert.Equal("n", token.GetClaim("nonce").Value);
    }

    /// <summary>Who sees an ID token, in a log for instance, must not get in with it.</summary>
    [Fact]
    public async Task It_opens_nothing()
    {
        await using var server = await PortalServer.StartAsync([$"Turnstone:Audience={Known.ClientId}"]);
        using var visitor = await Visitor.SignedInAsync(server);
        using var exchanged = await ExchangeAsync(server, visitor, ("scope", "openid individuals.read"));
        var token = (await exchanged.JsonAsync()).GetProperty("id_token").GetString()!;

        foreach (var path in (string[])["/v1/oauth/token", "/v3/individuals", "/oauth2/userinfo"])
        {
            using var refused = await server.Http.WithBearerAsync(HttpMethod.Get, path, token);
            Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        }
    }

    [Theory]
    [InlineData("openid", false)]
    [InlineData("openid profile", false)]
    [InlineData("openid email", true)]
    public async Task Userinfo_says_what_the_scopes_allow(string scope, bool email)
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        using var exchanged = await ExchangeAsync(server, visitor, ("scope", scope));
        var access = (await exchanged.JsonAsync()).GetProperty("access_token").GetString()!;

        foreach (var method in (HttpMethod[])[HttpMethod.Get, HttpMethod.Post])
        {
            using var answer = await server.Http.WithBearerAsync(method, "/oauth2/userinfo", access);
            var claims = await answer.JsonAsync();

            Assert.Equal((await Known.AccountAsync(server.Services))!.Id.ToString(), Text(claims, "sub"));
            Assert.Equal(email ? Known.Email : null, Text(claims, "email"));
        }
    }

    [Fact]
    public async Task A_program_gets_none_of_the_scopes_about_people()
    {
        await using var server = await PortalServer.StartAsync();

        using var all = await ProgramAsync(server, []);
        using var asked = await ProgramAsync(server, [("scope", "openid individuals.read")]);

        Assert.Equal("individuals.read", Text(await all.JsonAsync(), "scope"));
        Assert.Equal("invalid_scope", Text(await asked.JsonAsync(), "error"));
    }

    private static Task<HttpResponseMessage> ProgramAsync(TurnstoneServer server, (string Name, string Value)[] more) =>
        server.Http.OAuth2TokenAsync([
            ("grant_type", "client_credentials"),
            ("client_id", Known.ClientId),
            ("client_secret", Known.ClientSecret),
            .. more,
        ]);

    private static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static async Task<HttpResponseMessage> ExchangeAsync(
        TurnstoneServer server,
        Visitor visitor,
        params (string Name, string? Value)[] asked
    ) => await TokenAsync(server, await visitor.CodeAsync(AuthorizeUrl.OAuth2(asked)));

    private static async Task<HttpResponseMessage> TokenAsync(TurnstoneServer server, string code, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/oauth2/token")
        {
            Content = new FormUrlEncodedContent(
                new Dictionary<string, string>
                {
                    ["grant_type"] = "authorization_code",
                    ["code"] = code,
                    ["redirect_uri"] = Known.RedirectUri,
                    ["code_verifier"] = AuthorizeUrl.Verifier,
                    ["client_id"] = Known.ClientId,
                    ["client_secret"] = Known.ClientSecret,
                }
            ),
        };
        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        var answer = await server.Http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return answer;
    }

    /// <summary>Verifies it as a client does: with the published keys, by a library that is not ours.</summary>
    private static async Task<JsonWebToken> ReadAsync(TurnstoneServer server, string token)
    {
        var keys = await server.Http.GetStringAsync(
            new Uri("/.well-known/jwks.json", UriKind.Relative),
            TestContext.Current.CancellationToken
        );
        var result = await new JsonWebTokenHandler().ValidateTokenAsync(
            token,
            new TokenValidationParameters
            {
                ValidIssuer = Issuer,
                ValidAudience = Known.ClientId,
                IssuerSigningKeys = new JsonWebKeySet(keys).Keys,
                LifetimeValidator = (_, expires, _, _) => expires > server.Time.GetUtcNow().UtcDateTime,
            }
        );
        Assert.True(result.IsValid, $"{result.Exception}");
        return (JsonWebToken)result.SecurityToken;
    }
}
