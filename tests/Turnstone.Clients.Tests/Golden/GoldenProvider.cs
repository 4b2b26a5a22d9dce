using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Turnstone.Clients.Tests.Golden;

/// <summary>
/// A provider as a contract's document describes it, with nothing that the document does not have: no Idempotency-Key,
/// no Error-Code, no Date of use, tokens that are no JWT. Some of its answers are what its neighbours write instead.
/// </summary>
/// <param name="contract">Whose document.</param>
/// <param name="answers">How its answers look.</param>
internal sealed class GoldenProvider(string contract, GoldenAnswers answers)
{
    private int generation;
    private bool over;

    public int SignIns { get; private set; }

    public int Refreshes { get; private set; }

    /// <summary>What it could not make sense of.</summary>
    public List<string> Wrong { get; } = [];

    private bool IsFlat => contract is not ("/auth/v1" or "/auth/v2");

    public void End() => over = true;

    public (int Status, JsonObject Body) Answer(string path, string? query, string body)
    {
        var members = Members(body);
        if (path == RefreshPath && members.GetValueOrDefault("grant_type", "refresh_token") == "refresh_token")
        {
            return Refresh(members);
        }

        if (path != SignInPath || !Opens(members, query))
        {
            Wrong.Add($"{path}{query} {body}");
            return (404, new JsonObject { ["message"] = "Not found" });
        }

        (over, SignIns) = (false, SignIns + 1);
        return (contract is "/auth/v2" && answers is GoldenAnswers.AsDocumented ? 201 : 200, Tokens());
    }

    private string SignInPath =>
        contract switch
        {
            "/auth/v1" => "/auth/v1/token",
            "/auth/v2" => "/auth/v2/login",
            "/v1/oauth" => "/v1/oauth/token/user",
            "/v3" => "/v3/auth/login",
            _ => "/oauth2/token",
        };

    private string RefreshPath =>
        contract switch
        {
            "/auth/v1" => "/auth/v1/refresh-token",
            "/auth/v2" => "/auth/v2/refresh",
            "/v3" => "/v3/auth/refresh",
            _ => SignInPath,
        };

    private bool Opens(Dictionary<string, string> members, string? query) =>
        contract switch
        {
            "/auth/v1" => query == "?code=a-code",
            "/auth/v2" => members is { Count: 2 } && members["username"] == "ada" && members["password"] == "secret",
            "/v3" => members is { Count: 1 } && members["api_key"] == "a-key",
            _ => members["grant_type"] == "authorization_code" && members["code"] == "a-code",
        };

    private (int, JsonObject) Refresh(Dictionary<string, string> members)
    {
        if (over)
        {
            return Refused();
        }

        var given = contract is "/auth/v2" ? members["token"] : members["refresh_token"];
        if (given != $"refresh-{generation}")
        {
            Wrong.Add($"refreshed with {given} after refresh-{generation}");
            return Refused();
        }

        Refreshes++;
        return (!IsFlat && answers is GoldenAnswers.AsDocumented ? 201 : 200, Tokens());
    }

    private (int, JsonObject) Refused() =>
        (contract, answers) switch
        {
            ("/v3", _) or ("/auth/v1", GoldenAnswers.Otherwise) => (
                401,
                new JsonObject { ["message"] = "Unauthorized", ["statusCode"] = 401 }
            ),
            ("/auth/v1" or "/auth/v2", _) => (
                400,
                new JsonObject
                {
                    ["detail"] = new JsonObject
                    {
                        ["message"] = "Invalid token.",
                        ["error"] = "invalid_grant",
                        ["error_description"] = "The token is not known.",
                    },
                }
            ),
            _ => (400, new JsonObject { ["error"] = "invalid_grant", ["error_description"] = "Not known." }),
        };

    private JsonObject Tokens()
    {
        generation++;
        var (access, refresh) = ($"access-{generation}", $"refresh-{generation}");
        JsonObject tokens = contract switch
        {
            "/v3" => new() { ["access_token"] = access, ["refresh_token"] = refresh },
            "/v1/oauth" or "/oauth2" => new()
            {
                ["access_token"] = access,
                ["token_type"] = "bearer",
                ["expires_in"] = 2_592_000,
                ["refresh_token"] = refresh,
            },
            _ => new() { ["authorization"] = Part(access, 43_200), ["refresh"] = Part(refresh, 1_209_600) },
        };
        return answers is GoldenAnswers.Otherwise ? Otherwise(tokens) : tokens;
    }

    private JsonObject Part(string token, int seconds)
    {
        var part = new JsonObject { ["token"] = token, ["type"] = "Bearer" };
        if (answers is not GoldenAnswers.OnlyExpiresAt)
        {
            part["expires_in"] = seconds;
        }

        var end = TimeProvider.System.GetUtcNow().AddSeconds(answers is GoldenAnswers.OnlyExpiresAt ? 3600 : seconds);
        part["expires_at"] = end.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture);
        part["note"] = "Keep it.";
        return part;
    }

    /// <summary>camelCase names and numbers as texts.</summary>
    private static JsonObject Otherwise(JsonObject tokens)
    {
        var other = new JsonObject();
        foreach (var (name, value) in tokens)
        {
            var words = name.Split('_');
            var rest = words.Skip(1).Select(word => char.ToUpperInvariant(word[0]) + word[1..]);
            var camel = words[0] + string.Concat(rest);
            other[camel] = value is JsonObject inner ? Otherwise(inner) : (JsonNode?)value!.ToString();
        }

        return other;
    }

    private static Dictionary<string, string> Members(string body)
    {
        if (body.Length == 0)
        {
            return [];
        }

        return body[0] == '{'
            ? JsonSerializer.Deserialize<Dictionary<string, string>>(body)!
            : body.Split('&')
                .Select(pair => pair.Split('='))
                .ToDictionary(pair => pair[0], pair => Uri.UnescapeDataString(pair[1]));
    }
}

public enum GoldenAnswers
{
    AsDocumented,

    /// <summary>200 for every success, camelCase, numbers as texts, the other shape of a refusal.</summary>
    Otherwise,

    /// <summary>No duration; an end in UTC that does not say so.</summary>
    OnlyExpiresAt,
}
