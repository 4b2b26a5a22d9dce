using System.Text.Json;
using System.Text.Json.Nodes;
using Duende.IdentityModel.Client;
using Duende.IdentityModel.OidcClient;

namespace Turnstone.Chaos.Clients;

/// <summary>
/// Duende's OidcClient with its own refreshing, as its documentation shows it: what it gives is saved. What it does not
/// do by itself an application does here: it tries again when it heard nothing. A program of its own: it reads commands
/// as the drivers of our clients do.
/// </summary>
internal sealed class StockOidcClient
{
    public const string Word = "oidc-client";

    private readonly JsonNode known;
    private readonly string server;
    private readonly string path;
    private readonly OidcClient client;
    private string? refresh;

    private StockOidcClient(JsonNode settings)
    {
        (known, server) = (settings["credentials"]!, (string)settings["server"]!);
        var folder = System.IO.Directory.CreateDirectory((string)settings["folder"]!);
        path = Path.Combine(folder.FullName, "default.json");
        client = new OidcClient(
            new OidcClientOptions
            {
                ClientId = (string)known["client_id"]!,
                ClientSecret = (string)known["client_secret"]!,
                TokenClientCredentialStyle = ClientCredentialStyle.PostBody,
                ProviderInformation = new ProviderInformation
                {
                    IssuerName = server,
                    AuthorizeEndpoint = $"{server}/authorize",
                    TokenEndpoint = TokenEndpoint,
                    KeySet = new(),
                },
                Policy = new() { RequireIdentityTokenOnRefreshTokenResponse = false },
            }
        );
        refresh = Stored();
    }

    private string TokenEndpoint => server + (string)known["token_path"]!;

    public static async Task RunAsync()
    {
        var one = new StockOidcClient(JsonNode.Parse((await Console.In.ReadLineAsync())!)!);
        while (await Console.In.ReadLineAsync() is { } line)
        {
            var answer = await one.AnswerAsync(JsonNode.Parse(line)!);
            answer["events"] = new JsonArray();
            Console.WriteLine(answer.ToJsonString());
        }
    }

    private async Task<JsonObject> AnswerAsync(JsonNode command)
    {
        for (var attempt = 1; attempt <= 10; attempt++)
        {
            var (token, error) = refresh is null ? await OpenAsync()
                : (string?)command["do"] == "refresh" ? await RefreshAsync(refresh)
                : ("stored", null);
            if (token is not null)
            {
                return new() { ["token"] = token };
            }

            if (error == "invalid_grant")
            {
                await Task.Delay(TimeSpan.FromSeconds(1));
                return new() { ["error"] = "SessionEnded", ["code"] = error };
            }

            await Task.Delay(TimeSpan.FromSeconds(0.2) * attempt);
        }

        return new() { ["error"] = "ServerUnavailable" };
    }

    private async Task<(string? Token, string? Error)> RefreshAsync(string token)
    {
        var result = await client.RefreshTokenAsync(token);
        if (result.IsError)
        {
            return (null, result.Error);
        }

        Keep(result.RefreshToken);
        return (result.AccessToken, null);
    }

    private async Task<(string? Token, string? Error)> OpenAsync()
    {
        if ((string?)known["refresh_token"] is { } given)
        {
            Keep(given);
            return ("given", null);
        }

        using var http = new HttpClient();
        using var request = new AuthorizationCodeTokenRequest
        {
            Address = TokenEndpoint,
            ClientId = (string)known["client_id"]!,
            ClientSecret = (string)known["client_secret"]!,
            ClientCredentialStyle = ClientCredentialStyle.PostBody,
            Code = (string)known["code"]!,
            RedirectUri = (string)known["redirect_uri"]!,
        };
        var answer = await http.RequestAuthorizationCodeTokenAsync(request);
        if (answer.IsError)
        {
            return (null, answer.Error);
        }

        Keep(answer.RefreshToken!);
        return (answer.AccessToken, null);
    }

    private void Keep(string token)
    {
        refresh = token;
        File.WriteAllText(path, new JsonObject { ["refresh_token"] = token }.ToJsonString());
    }

    private string? Stored()
    {
        try
        {
            return (string?)JsonNode.Parse(File.ReadAllText(path))!["refresh_token"];
        }
        catch (Exception reason) when (reason is IOException or JsonException)
        {
            return null;
        }
    }
}
