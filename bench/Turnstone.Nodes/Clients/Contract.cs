using System.Net.Http.Json;
using System.Text.Json;
using Turnstone.Directory;

namespace Turnstone.Nodes.Clients;

/// <summary>What a login or a refresh gives.</summary>
internal sealed record Pair(string Access, string Refresh);

/// <summary>One of the five contracts, as far as a client that logs in once and refreshes for ever needs it.</summary>
/// <param name="Name">Its prefix.</param>
/// <param name="CodeFamily">The family of the code that opens it; null where a secret of the customer's does.</param>
/// <param name="Login">The request that opens a session, with the code where there is one.</param>
/// <param name="Refresh">The request that refreshes one.</param>
/// <param name="Read">The pair in an answer.</param>
internal sealed record Contract(
    string Name,
    string? CodeFamily,
    Func<Customers, string, HttpRequestMessage> Login,
    Func<Customers, string, HttpRequestMessage> Refresh,
    Func<JsonElement, Pair> Read
)
{
    public static IReadOnlyList<Contract> All { get; } =
    [
        new(
            "/auth/v1",
            "auth",
            (_, code) => new(HttpMethod.Get, $"/auth/v1/token?code={code}"),
            (_, token) => Json("/auth/v1/refresh-token", new { refresh_token = token }),
            TokenSet
        ),
        new(
            "/auth/v2",
            null,
            (known, _) =>
                WithKey(
                    Json("/auth/v2/login", new { username = Customers.Email, password = Customers.Password }),
                    known
                ),
            (known, token) => WithKey(Json("/auth/v2/refresh", new { token }), known),
            TokenSet
        ),
        new(
            "/v1/oauth",
            "oauth-v1",
            (known, code) =>
                Json(
                    "/v1/oauth/token/user",
                    new
                    {
                        grant_type = "authorization_code",
                        code,
                        redirect_uri = Customers.RedirectUri,
                        client_id = Customers.ClientId,
                        client_secret = known.ClientSecret,
                    }
                ),
            (known, token) =>
                Json(
                    "/v1/oauth/token/user",
                    new
                    {
                        grant_type = "refresh_token",
                        refresh_token = token,
                        client_id = Customers.ClientId,
                        client_secret = known.ClientSecret,
                    }
                ),
            Flat
        ),
        new(
            "/v3",
            null,
            (known, _) => Json("/v3/auth/login", new { api_key = known.ApiKey }),
            (_, token) => Json("/v3/auth/refresh", new { refresh_token = token }),
            Flat
        ),
        new(
            "/oauth2",
            "oauth2",
            (known, code) =>
                Form(
                    "/oauth2/token",
                    known,
                    ("grant_type", "authorization_code"),
                    ("code", code),
                    ("redirect_uri", Customers.RedirectUri)
                ),
            (known, token) => Form("/oauth2/token", known, ("grant_type", "refresh_token"), ("refresh_token", token)),
            Flat
        ),
    ];

    /// <summary>Those that a secret of the customer's opens.</summary>
    public static IReadOnlyList<Contract> WithoutCodes { get; } =
    [.. All.Where(contract => contract.CodeFamily is null)];

    public string? CodeClient => CodeFamily is null or "auth" ? null : Customers.ClientId;

    public static Contract Of(string name) => All.First(contract => contract.Name == name);

    public static HttpRequestMessage Form(string path, Customers known, params (string Name, string Value)[] fields) =>
        new(HttpMethod.Post, path)
        {
            Content = new FormUrlEncodedContent([
                .. fields.Select(field => KeyValuePair.Create(field.Name, field.Value)),
                new("client_id", Customers.ClientId),
                new("client_secret", known.ClientSecret),
            ]),
        };

    private static HttpRequestMessage Json(string path, object body) =>
        new(HttpMethod.Post, path) { Content = JsonContent.Create(body) };

    private static HttpRequestMessage WithKey(HttpRequestMessage request, Customers known)
    {
        request.Headers.Add("Subscription-Key", known.SubscriptionKey);
        return request;
    }

    private static Pair TokenSet(JsonElement answer) =>
        new(
            answer.GetProperty("authorization").GetProperty("token").GetString()!,
            answer.GetProperty("refresh").GetProperty("token").GetString()!
        );

    private static Pair Flat(JsonElement answer) =>
        new(answer.GetProperty("access_token").GetString()!, answer.GetProperty("refresh_token").GetString()!);
}
