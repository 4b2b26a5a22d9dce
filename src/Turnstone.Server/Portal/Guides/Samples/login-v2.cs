// Log in with email and password, save the refresh token, call the API. .NET 10: dotnet run login-v2.cs
using System;
using System.IO;
using System.Net.Http;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Tasks;

var statePath = Setting("TURNSTONE_STATE");
using var http = new HttpClient { BaseAddress = new Uri(Setting("TURNSTONE_URL")), Timeout = TimeSpan.FromSeconds(10) };

var body = new JsonObject { ["username"] = Setting("TURNSTONE_EMAIL"), ["password"] = Setting("TURNSTONE_PASSWORD") };
using var login = new HttpRequestMessage(HttpMethod.Post, "/auth/v2/login")
{
    Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json"),
};
login.Headers.Add("Subscription-Key", Setting("TURNSTONE_SUBSCRIPTION_KEY"));
var tokens = JsonNode.Parse(await SendAsync(login))!;

Save(new JsonObject { ["refresh_token"] = (string)tokens["refresh"]!["token"]! });   // first save …
using var call = new HttpRequestMessage(HttpMethod.Get, "/v3/individuals");
call.Headers.Add("Authorization", $"Bearer {tokens["authorization"]!["token"]}");
Console.WriteLine(await SendAsync(call));                                            // … then use

async Task<string> SendAsync(HttpRequestMessage request)
{
    using var answer = await http.SendAsync(request);
    var text = await answer.Content.ReadAsStringAsync();
    return answer.IsSuccessStatusCode ? text : throw new HttpRequestException($"{(int)answer.StatusCode} {text}");
}

void Save(JsonObject state)                       // never a half-written file, and nobody else's to read
{
    var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
    if (!OperatingSystem.IsWindows())
    {
        options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    }

    using (var file = new FileStream($"{statePath}.new", options))
    {
        file.Write(Encoding.UTF8.GetBytes(state.ToJsonString()));
        file.Flush(flushToDisk: true);
    }

    File.Move($"{statePath}.new", statePath, overwrite: true);
}

static string Setting(string name) =>
    Environment.GetEnvironmentVariable(name) ?? throw new InvalidOperationException($"{name} is not set.");
