using System.Net;
using System.Text.Json.Nodes;
using Turnstone.Server.Tests.Contracts;
using Turnstone.Server.Tests.Hosting.Outbound;
using Turnstone.Server.Tests.Portal.Administration;

namespace Turnstone.Server.Tests.Portal.Authorize;

/// <summary>A program that describes itself at an address, and what it sends.</summary>
internal static class DescribedClient
{
    public const string Path = "/client.json";
    public const string Redirect = "http://127.0.0.1:8501/callback";

    public static JsonObject Document(string id) =>
        new()
        {
            ["client_id"] = id,
            ["client_name"] = "Agent of the tests",
            ["redirect_uris"] = new JsonArray(Redirect),
            ["grant_types"] = new JsonArray("authorization_code", "refresh_token"),
            ["token_endpoint_auth_method"] = "none",
        };

    /// <summary>Publishes its document, changed in these members; answers its id.</summary>
    public static string Publish(
        this ForeignServer foreign,
        JsonObject? changes = null,
        string path = Path,
        string? cacheControl = null
    )
    {
        var document = Document(foreign.At(path));
        foreach (var (name, value) in changes ?? [])
        {
            document[name] = value?.DeepClone();
        }

        foreign.Publish(path, document.ToJsonString(), cacheControl);
        return foreign.At(path);
    }

    public static string Url(string id, params (string Name, string? Value)[] changes) =>
        AuthorizeUrl.OAuth2([("client_id", id), ("redirect_uri", Redirect), .. changes]);

    public static Task<HttpResponseMessage> ExchangeAsync(TurnstoneServer server, string id, string code) =>
        server.Http.OAuth2TokenAsync(
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", Redirect),
            ("code_verifier", AuthorizeUrl.Verifier),
            ("client_id", id)
        );

    public static async Task<bool> RefreshesAsync(TurnstoneServer server, string id, string refreshToken)
    {
        using var answer = await server.Http.OAuth2TokenAsync(
            ("grant_type", "refresh_token"),
            ("refresh_token", refreshToken),
            ("client_id", id)
        );
        return answer.IsSuccessStatusCode;
    }

    /// <summary>Somebody lets it in; answers its refresh token.</summary>
    public static async Task<string> LetInAsync(
        TurnstoneServer server,
        Visitor visitor,
        string id,
        string? scope = null
    )
    {
        using var decided = await visitor.DecideAsync(Url(id, ("scope", scope)));
        var code = decided.Answer(Redirect)["code"];
        return await ExchangeAsync(server, id, code).MemberAsync("refresh_token");
    }

    /// <summary>What the page says where nobody can be sent back.</summary>
    public static async Task<string> UnprovenAsync(this Visitor visitor, string url)
    {
        using var answer = await visitor.GetAsync(url);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        return await answer.TextAsync();
    }
}
