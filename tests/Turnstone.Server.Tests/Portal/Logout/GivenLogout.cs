using System.Net;
using Turnstone.Server.Tests.Portal.Authorize;

namespace Turnstone.Server.Tests.Portal.Logout;

/// <summary>What a client holds after its user has signed in.</summary>
internal sealed record SignedInTokens(string IdToken, string RefreshToken, string Client);

/// <summary>Clients that sign their users out.</summary>
internal static class GivenLogout
{
    public const string After = "https://shop.example.test/after?a=b";

    public static async Task<TurnstoneServer> ServerAsync(IEnumerable<string>? settings = null)
    {
        var server = await PortalServer.StartAsync(settings);
        await ConsentTests.ChangeAsync(server, client => client with { PostLogoutRedirectUris = [After] });
        return server;
    }

    /// <summary>The client is let in from this browser.</summary>
    public static async Task<SignedInTokens> LetInAsync(
        this TurnstoneServer server,
        Visitor visitor,
        string client = Known.ClientId,
        string scope = "openid offline_access"
    )
    {
        var code = await visitor.CodeAsync(
            AuthorizeUrl.OAuth2(("client_id", client), ("scope", scope), ("prompt", "consent"))
        );
        using var answer = await server.Http.OAuth2TokenAsync([
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", Known.RedirectUri),
            ("code_verifier", AuthorizeUrl.Verifier),
            .. Proof(client),
        ]);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var tokens = await answer.JsonAsync();
        return new SignedInTokens(
            tokens.GetProperty("id_token").GetString()!,
            tokens.GetProperty("refresh_token").GetString()!,
            client
        );
    }

    public static async Task<bool> RefreshesAsync(this TurnstoneServer server, SignedInTokens tokens)
    {
        using var answer = await server.Http.OAuth2TokenAsync([
            ("grant_type", "refresh_token"),
            ("refresh_token", tokens.RefreshToken),
            .. Proof(tokens.Client),
        ]);
        return answer.StatusCode == HttpStatusCode.OK;
    }

    public static async Task<bool> IsSignedInAsync(this Visitor visitor)
    {
        using var answer = await visitor.GetAsync("/portal");
        return answer.StatusCode == HttpStatusCode.OK;
    }

    public static string Url(params (string Name, string? Value)[] parameters) =>
        "/oauth2/logout?"
        + string.Join(
            '&',
            parameters
                .Where(pair => pair.Value is not null)
                .Select(pair => $"{pair.Name}={Uri.EscapeDataString(pair.Value!)}")
        );

    private static (string Name, string Value)[] Proof(string client) =>
        client switch
        {
            Known.ClientId => [("client_id", client), ("client_secret", Known.ClientSecret)],
            Known.OtherClientId => [("client_id", client), ("client_secret", Known.OtherClientSecret)],
            _ => [("client_id", client)],
        };
}
