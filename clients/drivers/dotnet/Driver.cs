using System.Text.Json.Nodes;

namespace Turnstone.Client.Driver;

/// <summary>One session that does what the tests' table of behaviours says.</summary>
internal sealed class Driver : IDisposable
{
    private readonly TurnstoneSession session;
    private readonly SessionOptions options = new();
    private readonly HttpClient api;
    private readonly List<string> events = [];
    private AccessToken? last;

    public Driver(JsonObject settings)
    {
        options.Server = new Uri(Text(settings, "server"));
        options.Contract = Contract.Named(Text(settings, "contract"));
        options.Store = new FileStore(Text(settings, "folder"));
        options.RequestTimeout = TimeSpan.FromSeconds((double)settings["timeout"]!);
        options.Patience = TimeSpan.FromSeconds((double)settings["patience"]!);
        options.Time = new ShiftedTime(TimeSpan.FromSeconds((double)settings["clock"]!));
        foreach (var (name, value) in settings["credentials"]!.AsObject())
        {
            options.Credentials[name] = (string)value!;
        }

        session = new TurnstoneSession(options);
        session.Happened += (_, what) =>
        {
            lock (events)
            {
                events.Add(what.Kind.ToString());
            }
        };
        api = new HttpClient(new TokenHandler(session, new SocketsHttpHandler())) { BaseAddress = options.Server };
    }

    public async Task<JsonObject> AnswerAsync(JsonObject command)
    {
        JsonObject answer;
        try
        {
            answer = await DoAsync(command);
        }
        catch (SessionException reason)
        {
            answer = new()
            {
                ["error"] = reason.GetType().Name.Replace("Exception", "", StringComparison.Ordinal),
                ["code"] = reason.Code,
                ["retryAfter"] = reason.RetryAfter?.TotalSeconds,
                ["reason"] = reason.Reason,
                ["nextStep"] = reason.NextStep,
                ["reused"] = (reason as SessionEndedException)?.Reused,
                ["text"] = reason.Message,
                ["message"] = reason.ToString(),
            };
        }

        lock (events)
        {
            answer["events"] = new JsonArray([.. events.Select(what => (JsonNode)what)]);
            events.Clear();
        }

        return answer;
    }

    public void Dispose()
    {
        api.Dispose();
        session.Dispose();
    }

    private async Task<JsonObject> DoAsync(JsonObject command)
    {
        switch (Text(command, "do"))
        {
            case "token":
                return Shown(last = await session.GetAccessTokenAsync());
            case "refresh":
                last ??= await session.GetAccessTokenAsync();
                return Shown(last = await session.GetAccessTokenAsync(last));
            case "sign-in":
                await session.SignInAsync();
                return [];
            case "many":
                return await ManyAsync((int)command["count"]!, (int)command["leave"]!);
            case "get":
                return Status(await api.GetAsync(new Uri(Text(command, "path"), UriKind.Relative)));
            case "post-once":
                using (var request = new HttpRequestMessage(HttpMethod.Post, Text(command, "path")))
                {
                    request.Content = new StringContent("{}");
                    request.Options.Set(TokenHandler.Unrepeatable, true);
                    return Status(await api.SendAsync(request));
                }
            case "show":
                return new() { ["shown"] = $"{session} {last} {options}" };
            default:
                throw new ArgumentException($"There is no command {Text(command, "do")}.");
        }
    }

    private async Task<JsonObject> ManyAsync(int count, int leave)
    {
        using var leaving = new CancellationTokenSource();
        var waits = Enumerable
            .Range(0, count)
            .Select(i => session.GetAccessTokenAsync(last, i < leave ? leaving.Token : CancellationToken.None))
            .ToList();
        await leaving.CancelAsync();
        List<string> tokens = [];
        var left = 0;
        foreach (var wait in waits)
        {
            try
            {
                tokens.Add((await wait).Value);
            }
            catch (OperationCanceledException)
            {
                left++;
            }
        }

        return new()
        {
            ["token"] = tokens.Distinct().Single(),
            ["got"] = tokens.Count,
            ["left"] = left,
        };
    }

    private static JsonObject Shown(AccessToken token) => new() { ["token"] = token.Value };

    private static JsonObject Status(HttpResponseMessage answer) => new() { ["status"] = (int)answer.StatusCode };

    private static string Text(JsonObject from, string name) => (string)from[name]!;
}
