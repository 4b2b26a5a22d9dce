using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Testing;

namespace Turnstone.Server.Tests.Contracts.OAuth2.Dpop;

/// <summary>A client that shows a key with its requests (RFC 9449), and what it sends.</summary>
internal static class DpopClient
{
    public const string TokenPath = "/oauth2/token";
    public const string PushPath = "/oauth2/par";
    public const string UserinfoPath = "/oauth2/userinfo";

    public static (string Name, string Value) Shop => Wire.Basic(Known.ClientId, Known.ClientSecret);

    /// <summary>The header with a proof for a POST to the path, but for what is changed or (null) left out.</summary>
    public static (string Name, string Value) Proof(
        this TurnstoneServer server,
        ClientKey key,
        string path = TokenPath,
        params (string Claim, JsonNode? Value)[] changes
    )
    {
        // The server's clock: on PostgreSQL it is the database's.
        var now = server.Services.GetRequiredService<TimeProvider>().GetUtcNow();
        var claims = ClientKey.DpopClaims("POST", $"{AssertingClient.Issuer}{path}", now);
        foreach (var (claim, value) in changes)
        {
            claims.Remove(claim);
            if (value is not null)
            {
                claims[claim] = value.DeepClone();
            }
        }

        return ("DPoP", key.Sign(claims, key.DpopHeader()));
    }

    /// <summary>The claim of a proof that is for a token too.</summary>
    public static (string Claim, JsonNode? Value) For(string token) =>
        ("ath", Base64UrlText.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(token))));

    /// <summary>The form that exchanges a new code of the public client, or of another one.</summary>
    public static async Task<string> CodeFormAsync(
        this TurnstoneServer server,
        string? client = Known.PublicClientId,
        string? boundTo = null,
        string scopes = "openid individuals.read"
    )
    {
        var code = await server
            .Services.GetRequiredService<OneTimeCodes>()
            .MintAsync(
                new CodeOrder
                {
                    Contract = "oauth2",
                    Account = (await Known.AccountAsync(server.Services))!,
                    ClientId = client,
                    RedirectUri = Known.RedirectUri,
                    Challenge = Portal.Authorize.AuthorizeUrl.Challenge,
                    Scopes = Scopes.Of(scopes.Split(' ')),
                    KeyThumbprint = boundTo,
                },
                TimeSpan.FromSeconds(60),
                new Caller("127.0.0.1"),
                TestContext.Current.CancellationToken
            );
        return $"grant_type=authorization_code&code={code}&redirect_uri={Uri.EscapeDataString(Known.RedirectUri)}"
            + $"&code_verifier={Portal.Authorize.AuthorizeUrl.Verifier}&client_id={client}";
    }

    /// <summary>The tokens of the public client, bound to the key.</summary>
    public static async Task<(string Access, string Refresh)> BoundAsync(this TurnstoneServer server, ClientKey key) =>
        await server.FormAsync(TokenPath, await server.CodeFormAsync(), server.Proof(key)).PairAsync();

    public static string RefreshForm(string token, string client = Known.PublicClientId) =>
        $"grant_type=refresh_token&refresh_token={token}&client_id={client}";

    public static async Task<string?> ErrorAsync(this HttpResponseMessage answer) =>
        (string?)(await answer.BodyAsync())["error"];

    /// <summary>The key that a token says it is bound to.</summary>
    public static string? KeyOf(string accessToken) =>
        (string?)
            JsonNode
                .Parse(Microsoft.IdentityModel.Tokens.Base64UrlEncoder.Decode(accessToken.Split('.')[1]))!["cnf"]
                ?["jkt"];
}
