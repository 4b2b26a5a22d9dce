using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Turnstone.Directory;

namespace Turnstone.Server.Tests;

/// <summary>The calls of the contracts as a client makes them.</summary>
internal static class Calls
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static Task<HttpResponseMessage> LoginV2Async(
        this HttpClient http,
        string email = Known.Email,
        string password = Known.Password,
        string key = Known.SubscriptionKey
    ) => http.SendJsonAsync("/auth/v2/login", new { username = email, password }, ("Subscription-Key", key));

    public static Task<HttpResponseMessage> RefreshV2Async(
        this HttpClient http,
        string refreshToken,
        string? idempotencyKey = null
    ) =>
        http.SendJsonAsync(
            "/auth/v2/refresh",
            new { token = refreshToken },
            [("Subscription-Key", Known.SubscriptionKey), .. Idempotency(idempotencyKey)]
        );

    public static Task<HttpResponseMessage> ValidateV2Async(this HttpClient http, string accessToken) =>
        http.WithBearerAsync(
            HttpMethod.Post,
            "/auth/v2/validate",
            accessToken,
            ("Subscription-Key", Known.SubscriptionKey)
        );

    public static Task<HttpResponseMessage> RefreshV1Async(
        this HttpClient http,
        string refreshToken,
        string? idempotencyKey = null
    ) =>
        http.SendJsonAsync("/auth/v1/refresh-token", new { refresh_token = refreshToken }, Idempotency(idempotencyKey));

    public static Task<HttpResponseMessage> LoginV3Async(this HttpClient http, string key = Known.ApiKey) =>
        http.SendJsonAsync("/v3/auth/login", new { api_key = key });

    public static Task<HttpResponseMessage> RefreshV3Async(
        this HttpClient http,
        string refreshToken,
        string? idempotencyKey = null
    ) => http.SendJsonAsync("/v3/auth/refresh", new { refresh_token = refreshToken }, Idempotency(idempotencyKey));

    public static Task<HttpResponseMessage> ExchangeV1Async(this HttpClient http, string type, string code) =>
        http.SendJsonAsync(
            $"/v1/oauth/token/{type}",
            new
            {
                grant_type = "authorization_code",
                code,
                redirect_uri = Known.RedirectUri,
                client_id = Known.ClientId,
                client_secret = Known.ClientSecret,
            }
        );

    public static Task<HttpResponseMessage> OAuth2TokenAsync(
        this HttpClient http,
        params (string Name, string Value)[] form
    ) =>
        http.PostAsync(
            "/oauth2/token",
            new FormUrlEncodedContent(form.Select(pair => KeyValuePair.Create(pair.Name, pair.Value))),
            Cancel
        );

    public static async Task<HttpResponseMessage> SendJsonAsync(
        this HttpClient http,
        string path,
        object body,
        params (string Name, string Value)[] headers
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        return await http.SendAsync(request, Cancel);
    }

    public static async Task<HttpResponseMessage> WithBearerAsync(
        this HttpClient http,
        HttpMethod method,
        string path,
        string token,
        params (string Name, string Value)[] headers
    )
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        return await http.SendAsync(request, Cancel);
    }

    public static async Task<JsonElement> JsonAsync(this HttpResponseMessage answer)
    {
        using var document = await JsonDocument.ParseAsync(
            await answer.Content.ReadAsStreamAsync(Cancel),
            cancellationToken: Cancel
        );
        return document.RootElement.Clone();
    }

    /// <summary>Both tokens of a token set.</summary>
    public static async Task<(string Access, string Refresh)> PairOfSetAsync(this HttpResponseMessage answer)
    {
        var set = await answer.JsonAsync();
        return (
            set.GetProperty("authorization").GetProperty("token").GetString()!,
            set.GetProperty("refresh").GetProperty("token").GetString()!
        );
    }

    /// <summary>The refresh token of a token set.</summary>
    public static async Task<string> RefreshOfSetAsync(this HttpResponseMessage answer) =>
        (await answer.JsonAsync()).GetProperty("refresh").GetProperty("token").GetString()!;

    /// <summary>The access token of a token set.</summary>
    public static async Task<string> AccessOfSetAsync(this HttpResponseMessage answer) =>
        (await answer.JsonAsync()).GetProperty("authorization").GetProperty("token").GetString()!;

    private static (string Name, string Value)[] Idempotency(string? key) =>
        key is null ? [] : [("Idempotency-Key", key)];
}
