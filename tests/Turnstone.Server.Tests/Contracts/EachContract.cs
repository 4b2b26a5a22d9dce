namespace Turnstone.Server.Tests.Contracts;

/// <summary>Tokens from each contract, and their refresh, by the contract's name.</summary>
internal static class EachContract
{
    public static async Task<(string Access, string Refresh)> IssueAsync(
        this TurnstoneServer server,
        string contract
    ) =>
        contract switch
        {
            "auth-v1" => await TokensAsync(
                server.GetAsync($"/auth/v1/token?code={await Known.CodeAsync(server.Services, "auth")}")
            ),
            "auth-v2" => await TokensAsync(
                server.JsonAsync(
                    "/auth/v2/login",
                    Wire.Json(("username", Known.Email), ("password", Known.Password)),
                    Subscription
                )
            ),
            "oauth-v1-user" => await server.OAuthV1Async(),
            "oauth-v1-company" => await server.OAuthV1Async("company"),
            "session-v3" => await server.SessionV3Async(),
            _ => await server.OAuth2Async(),
        };

    public static Task<HttpResponseMessage> RefreshAsync(
        this TurnstoneServer server,
        string contract,
        string refresh,
        string client = Known.ClientId,
        string secret = Known.ClientSecret
    ) =>
        contract switch
        {
            "auth-v1" => server.JsonAsync("/auth/v1/refresh-token", Wire.Json(("refresh_token", refresh))),
            "auth-v2" => server.JsonAsync("/auth/v2/refresh", Wire.Json(("token", refresh)), Subscription),
            "oauth-v1-user" => server.JsonAsync("/v1/oauth/token/user", Wire.RefreshBody(refresh, client, secret)),
            "oauth-v1-company" => server.JsonAsync(
                "/v1/oauth/token/company",
                Wire.RefreshBody(refresh, client, secret)
            ),
            "session-v3" => server.JsonAsync("/v3/auth/refresh", Wire.Json(("refresh_token", refresh))),
            _ => server.FormAsync(
                "/oauth2/token",
                $"grant_type=refresh_token&refresh_token={refresh}",
                Wire.Basic(client, secret)
            ),
        };

    private static (string Name, string Value) Subscription => ("Subscription-Key", Known.SubscriptionKey);

    public static async Task<(string Access, string Refresh)> TokensAsync(
        this Task<HttpResponseMessage> answering
    )
    {
        var response = await answering;
        var body = await response.BodyAsync();
        Assert.True(response.IsSuccessStatusCode, body.ToJsonString());
        return body["authorization"] is { } authorization
            ? ((string)authorization["token"]!, (string)body["refresh"]!["token"]!)
            : ((string)body["access_token"]!, (string)body["refresh_token"]!);
    }
}
