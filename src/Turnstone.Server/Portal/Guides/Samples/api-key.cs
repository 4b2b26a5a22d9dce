// Log in with an API key, call the API. .NET 10: dotnet run api-key.cs
using System;
using System.Net.Http;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Tasks;

using var http = new HttpClient { BaseAddress = new Uri(Setting("TURNSTONE_URL")), Timeout = TimeSpan.FromSeconds(10) };

var body = new JsonObject { ["api_key"] = Setting("TURNSTONE_API_KEY") };
using var login = new HttpRequestMessage(HttpMethod.Post, "/v3/auth/login")
{
    Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json"),
};
var pair = JsonNode.Parse(await SendAsync(login))!;

// Good for 15 minutes. Once it has expired, the pair's refresh_token gets the next one at /v3/auth/refresh.
using var call = new HttpRequestMessage(HttpMethod.Get, "/v3/individuals");
call.Headers.Add("Authorization", $"Bearer {pair["access_token"]}");
Console.WriteLine(await SendAsync(call));

async Task<string> SendAsync(HttpRequestMessage request)
{
    using var answer = await http.SendAsync(request);
    var text = await answer.Content.ReadAsStringAsync();
    return answer.IsSuccessStatusCode ? text : throw new HttpRequestException($"{(int)answer.StatusCode} {text}");
}

static string Setting(string name) =>
    Environment.GetEnvironmentVariable(name) ?? throw new InvalidOperationException($"{name} is not set.");
