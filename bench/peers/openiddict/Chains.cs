using System.Text.Json;
using System.Text.Json.Nodes;

namespace Turnstone.Peers;

/// <summary>The sessions that are open, and how everything is asked for.</summary>
internal sealed record Chains(IReadOnlyList<(string Access, string Refresh)> Tokens)
{
    private const string Path = "/connect/token";

    private static readonly string Proof =
        $"client_id={TokenServer.ClientId}&client_secret={Uri.EscapeDataString(TokenServer.ClientSecret)}";

    public static async Task<Chains> OpenAsync(Options options)
    {
        using var http = new HttpClient { BaseAddress = new Uri(options.Address) };
        var tokens = new (string, string)[options.Chains];
        await Parallel.ForAsync(
            0,
            options.Chains,
            new ParallelOptions { MaxDegreeOfParallelism = 16 },
            async (number, cancel) =>
            {
                using var form = new StringContent(
                    $"grant_type=password&{Proof}&username=person{number}&password=x"
                        + $"&scope=offline_access%20{TokenServer.Scope}",
                    null,
                    "application/x-www-form-urlencoded"
                );
                using var answer = await http.PostAsync(new Uri(Path, UriKind.Relative), form, cancel);
                var body = JsonNode.Parse(await answer.Content.ReadAsStringAsync(cancel))!;
                tokens[number] = answer.IsSuccessStatusCode
                    ? ((string)body["access_token"]!, (string)body["refresh_token"]!)
                    : throw new InvalidOperationException(body.ToJsonString());
            }
        );
        return new Chains(tokens);
    }

    public string Ready(string version)
    {
        JsonObject Call(string path, string form) =>
            new()
            {
                ["path"] = path,
                ["headers"] = new JsonObject { ["Content-Type"] = "application/x-www-form-urlencoded" },
                ["form"] = form,
            };
        var refresh = Call(Path, $"grant_type=refresh_token&{Proof}&refresh_token={{token}}");
        refresh["tokens"] = new JsonArray([.. Tokens.Select(pair => (JsonNode)pair.Refresh)]);
        refresh["next"] = "refresh_token";
        return JsonSerializer.Serialize(
            new JsonObject
            {
                ["ready"] = true,
                ["pids"] = new JsonArray(Environment.ProcessId),
                ["version"] = version,
                ["refresh"] = refresh,
                ["client_credentials"] = Call(Path, $"grant_type=client_credentials&{Proof}&scope={TokenServer.Scope}"),
                ["introspect"] = Call("/connect/introspect", $"{Proof}&token={{access}}"),
                ["access_tokens"] = new JsonArray([.. Tokens.Select(pair => (JsonNode)pair.Access)]),
            }
        );
    }
}
