// Get the next token set with the saved refresh token, save the new one, call the API.
// .NET 10: dotnet run refresh.cs
using System;
using System.IO;
using System.Net;
using System.Net.Http;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Tasks;

var statePath = Setting("TURNSTONE_STATE");
using var http = new HttpClient { BaseAddress = new Uri(Setting("TURNSTONE_URL")), Timeout = TimeSpan.FromSeconds(10) };

using var call = new HttpRequestMessage(HttpMethod.Get, "/v3/individuals");
call.Headers.Add("Authorization", $"Bearer {await RefreshAsync()}");
using var individuals = await http.SendAsync(call);
Console.WriteLine(await individuals.Content.ReadAsStringAsync());

async Task<string> RefreshAsync()
{
    var state = JsonNode.Parse(File.ReadAllText(statePath))!.AsObject();
    // a new refresh; after a crash the key of the unfinished one is still here
    if (state["key"] is null)
    {
        state["key"] = Guid.NewGuid().ToString();
        Save(state);
    }

    for (var attempt = 0; attempt < 6; attempt++)
    {
        try
        {
            var body = new JsonObject { ["token"] = (string)state["refresh_token"]! };
            using var request = new HttpRequestMessage(HttpMethod.Post, "/auth/v2/refresh")
            {
                Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json"),
            };
            request.Headers.Add("Subscription-Key", Setting("TURNSTONE_SUBSCRIPTION_KEY"));
            request.Headers.Add("Idempotency-Key", (string)state["key"]!);
            using var answer = await http.SendAsync(request);
            var text = await answer.Content.ReadAsStringAsync();
            if (answer.StatusCode is HttpStatusCode.Created)
            {
                var tokens = JsonNode.Parse(text)!;
                // first save …
                Save(new JsonObject { ["refresh_token"] = (string)tokens["refresh"]!["token"]! });
                // … then use
                return (string)tokens["authorization"]!["token"]!;
            }

            if ((int)answer.StatusCode is not (429 or 502 or 503 or 504))
            {
                // 400 or 401: log in again
                throw new InvalidOperationException($"{(int)answer.StatusCode} {text}");
            }

            var pause = answer.Headers.RetryAfter?.Delta ?? TimeSpan.FromSeconds(1);
            await WaitAsync(pause, $"Not now ({(int)answer.StatusCode})");
        }
        catch (Exception lost) when (lost is HttpRequestException or TaskCanceledException or IOException)
        {
            await WaitAsync(TimeSpan.FromSeconds(Math.Pow(2, attempt)), "No answer");
        }
    }

    throw new TimeoutException("No answer to the refresh. Run again later: the saved key still proves it.");
}

static Task WaitAsync(TimeSpan time, string why)
{
    Console.Error.WriteLine($"{why}: the same request again in {time.TotalSeconds} s.");
    return Task.Delay(time);
}

// never a half-written file, and nobody else's to read
void Save(JsonObject state)
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
