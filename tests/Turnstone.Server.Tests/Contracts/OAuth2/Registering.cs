using System.Text.Json.Nodes;

namespace Turnstone.Server.Tests.Contracts.OAuth2;

/// <summary>What a client sends that registers itself.</summary>
internal static class Registering
{
    public const string Path = "/oauth2/register";
    public const string Open = "Turnstone:Clients:Registration=Open";

    public static JsonObject Metadata() =>
        new()
        {
            ["client_name"] = "Agent",
            ["redirect_uris"] = new JsonArray("http://127.0.0.1:8501/callback"),
            ["grant_types"] = new JsonArray("authorization_code", "refresh_token"),
            ["token_endpoint_auth_method"] = "none",
            ["software_id"] = "ignored",
        };

    public static Task<HttpResponseMessage> RegisterAsync(
        this TurnstoneServer server,
        JsonObject metadata,
        string? token = null
    ) =>
        token is null
            ? SendAsync(server, HttpMethod.Post, Path, metadata)
            : SendAsync(server, HttpMethod.Post, Path, metadata, ("Authorization", $"Bearer {token}"));

    public static Task<HttpResponseMessage> ManageAsync(
        this TurnstoneServer server,
        HttpMethod method,
        string id,
        string token,
        JsonObject? metadata = null
    ) =>
        SendAsync(
            server,
            method,
            $"{Path}/{id}",
            method == HttpMethod.Put ? metadata : null,
            ("Authorization", $"Bearer {token}")
        );

    public static Task<HttpResponseMessage> SendAsync(
        TurnstoneServer server,
        HttpMethod method,
        string path,
        JsonObject? body,
        params (string Name, string Value)[] headers
    ) =>
        server.SendAsync(
            method,
            path,
            body is null ? null : new StringContent(body.ToJsonString(), System.Text.Encoding.UTF8, "application/json"),
            headers
        );

    public static async Task<string?> ErrorAsync(HttpResponseMessage answer) =>
        (string?)(await answer.BodyAsync())["error"];
}
