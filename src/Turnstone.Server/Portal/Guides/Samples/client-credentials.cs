// A program's own token, by client id and secret (RFC 6749, section 4.4), then a call.
// .NET 10: dotnet run client-credentials.cs
using System;
using System.Collections.Generic;
using System.Net.Http;
using System.Text.Json.Nodes;
using System.Threading.Tasks;

using var http = new HttpClient { BaseAddress = new Uri(Setting("TURNSTONE_URL")), Timeout = TimeSpan.FromSeconds(10) };

var form = new Dictionary<string, string>
{
    ["grant_type"] = "client_credentials",
    ["scope"] = "individuals.read",
    ["client_id"] = Setting("TURNSTONE_CLIENT_ID"),
    ["client_secret"] = Setting("TURNSTONE_CLIENT_SECRET"),
};
using var ask = new HttpRequestMessage(HttpMethod.Post, "/oauth2/token") { Content = new FormUrlEncodedContent(form) };
var token = JsonNode.Parse(await SendAsync(ask))!;

// There is no refresh token: shortly before the token expires, ask for another in the same way.
using var call = new HttpRequestMessage(HttpMethod.Get, "/v3/individuals");
call.Headers.Add("Authorization", $"Bearer {token["access_token"]}");
Console.WriteLine(await SendAsync(call));

async Task<string> SendAsync(HttpRequestMessage request)
{
    using var answer = await http.SendAsync(request);
    var text = await answer.Content.ReadAsStringAsync();
    return answer.IsSuccessStatusCode ? text : throw new HttpRequestException($"{(int)answer.StatusCode} {text}");
}

static string Setting(string name) =>
    Environment.GetEnvironmentVariable(name) ?? throw new InvalidOperationException($"{name} is not set.");
