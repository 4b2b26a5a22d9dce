using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Turnstone.Directory;
using Turnstone.Server.Contracts.OAuth2;
using Turnstone.Server.Contracts.OAuthV1;

namespace Turnstone.Server.Tests.Contracts;

/// <summary>A server with every contract, and the calls as a client makes them.</summary>
internal static class Wire
{
    public const string Redirect = Known.RedirectUri;

    public static Task<TurnstoneServer> StartAsync(params string[] settings) =>
        TurnstoneServer.StartAsync(AllContracts.MapAll, settings);

    public static Task<HttpResponseMessage> JsonAsync(
        this TurnstoneServer server,
        string path,
        string body,
        params (string Name, string Value)[] headers
    ) => server.PostAsync(path, body, "application/json", headers);

    public static Task<HttpResponseMessage> FormAsync(
        this TurnstoneServer server,
        string path,
        string body,
        params (string Name, string Value)[] headers
    ) => server.PostAsync(path, body, "application/x-www-form-urlencoded", headers);

    public static Task<HttpResponseMessage> PostAsync(
        this TurnstoneServer server,
        string path,
        string body,
        string mediaType,
        params (string Name, string Value)[] headers
    )
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        content.Headers.TryAddWithoutValidation("Content-Type", mediaType);
        return server.SendAsync(HttpMethod.Post, path, content, headers);
    }

    public static Task<HttpResponseMessage> GetAsync(this TurnstoneServer server, string path, string? bearer = null) =>
        server.SendAsync(HttpMethod.Get, path, null, bearer is null ? [] : [("Authorization", $"Bearer {bearer}")]);

    public static Task<HttpResponseMessage> SendAsync(
        this TurnstoneServer server,
        HttpMethod method,
        string path,
        HttpContent? content,
        params (string Name, string Value)[] headers
    )
    {
        var request = new HttpRequestMessage(method, path) { Content = content };
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return server.Http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public static (string Name, string Value) Basic(string id, string secret) =>
        (
            "Authorization",
            new AuthenticationHeaderValue(
                "Basic",
                Convert.ToBase64String(
                    Encoding.ASCII.GetBytes($"{Uri.EscapeDataString(id)}:{Uri.EscapeDataString(secret)}")
                )
            ).ToString()
        );

    public static async Task<JsonObject> BodyAsync(this HttpResponseMessage response) =>
        (JsonObject)JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;

    /// <summary>A member of a granted answer; the answer in the message when it was none.</summary>
    public static async Task<string> MemberAsync(this Task<HttpResponseMessage> answering, string name)
    {
        var response = await answering;
        var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, $"{(int)response.StatusCode} {body}");
        return name.Split('.')
            .Aggregate(JsonDocument.Parse(body).RootElement, (element, part) => element.GetProperty(part))
            .GetString()!;
    }

    /// <summary>The pair of an answer of the OAuth shapes and of <c>/v3</c>.</summary>
    public static async Task<(string Access, string Refresh)> PairAsync(this Task<HttpResponseMessage> answering)
    {
        var response = await answering;
        Assert.True(
            response.IsSuccessStatusCode,
            await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)
        );
        var body = await response.BodyAsync();
        return ((string)body["access_token"]!, (string)body["refresh_token"]!);
    }

    /// <summary>A code of the contract exchanged at <c>/v1/oauth</c>.</summary>
    public static async Task<(string Access, string Refresh)> OAuthV1Async(
        this TurnstoneServer server,
        string type = "user",
        string email = Known.Email
    ) =>
        await server
            .JsonAsync(
                $"/v1/oauth/token/{type}",
                CodeBody(await server.CodeAsync(OAuthV1Contract.Family, email: email))
            )
            .PairAsync();

    public static async Task<(string Access, string Refresh)> OAuth2Async(this TurnstoneServer server) =>
        await server
            .FormAsync(
                "/oauth2/token",
                "grant_type=authorization_code"
                    + $"&redirect_uri={Redirect}&code={await server.CodeAsync(OAuth2Contract.Family)}",
                Basic(Known.ClientId, Known.ClientSecret)
            )
            .PairAsync();

    public static Task<(string Access, string Refresh)> SessionV3Async(this TurnstoneServer server) =>
        server.JsonAsync("/v3/auth/login", ApiKeyBody(Known.ApiKey)).PairAsync();

    public static Task<string> CodeAsync(
        this TurnstoneServer server,
        string family,
        string? client = Known.ClientId,
        string? challenge = null,
        string email = Known.Email
    ) => CodeOfAsync(server, family, client, challenge, email);

    public static string CodeBody(string code) =>
        Json(
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", Redirect),
            ("client_id", Known.ClientId),
            ("client_secret", Known.ClientSecret)
        );

    public static string RefreshBody(
        string token,
        string client = Known.ClientId,
        string secret = Known.ClientSecret
    ) =>
        Json(
            ("grant_type", "refresh_token"),
            ("refresh_token", token),
            ("client_id", client),
            ("client_secret", secret)
        );

    public static string ApiKeyBody(string key) => Json(("api_key", key));

    public static string Json(params (string Name, string Value)[] members)
    {
        var body = new JsonObject();
        foreach (var (name, value) in members)
        {
            body[name] = value;
        }

        return body.ToJsonString();
    }

    private static async Task<string> CodeOfAsync(
        TurnstoneServer server,
        string family,
        string? client,
        string? challenge,
        string email
    ) =>
        email == Known.Email
            ? await Known.CodeAsync(server.Services, family, client, Redirect, challenge, "individuals.read")
            : await OthersCode.MintAsync(server.Services, family, client, Redirect, email);
}
