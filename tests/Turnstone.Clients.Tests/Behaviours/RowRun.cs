using System.Diagnostics;
using System.Text.Json.Nodes;
using Turnstone.Chaos.Clients;
using Turnstone.Chaos.Faults;
using Turnstone.Chaos.Proxy;

namespace Turnstone.Clients.Tests.Behaviours;

/// <summary>Runs the steps of one row with one client, and looks at what came of them.</summary>
internal sealed class RowRun : IAsyncDisposable
{
    private readonly RealServer server;
    private readonly ClientProgram client;
    private readonly Row row;
    private readonly Dictionary<string, string> credentials;
    private readonly ScriptedFaults faults = new();
    private readonly FaultProxy proxy;
    private readonly StoredFiles files = new();
    private readonly Thief thief;
    private readonly Dictionary<string, ClientProcess> drivers = [];
    private readonly List<string> tokens = [];
    private int refusedSignIns;
    private int repeatedInTime;
    private TimeSpan? lastRefused;
    private JsonObject? lastError;
    private readonly CancellationToken cancel;

    private RowRun(
        RealServer server,
        ClientProgram client,
        Row row,
        Dictionary<string, string> credentials,
        CancellationToken cancel
    )
    {
        (this.server, this.client, this.row) = (server, client, row);
        (this.credentials, this.cancel) = (credentials, cancel);
        proxy = new FaultProxy([server.Address], faults);
        thief = new Thief(server.Http, row.Contract, credentials, files);
    }

    public static async Task RunAsync(RealServer server, ClientProgram client, Row row, CancellationToken cancel)
    {
        await using var run = new RowRun(server, client, row, await server.CredentialsAsync(row.Contract), cancel);
        var watch = Stopwatch.StartNew();
        foreach (var step in row.Steps)
        {
            try
            {
                var from = watch.Elapsed;
                await run.StepAsync(step);
                run.NoteRefusals(from, watch.Elapsed);
            }
            catch (Exception reason)
            {
                throw new InvalidOperationException($"'{step}': {reason.Message}{run.Story}", reason);
            }
        }

        run.Check(watch.Elapsed);
        if (row.Expect.GoesOn)
        {
            await run.GoOnAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var driver in drivers.Values)
        {
            driver.Dispose();
        }

        await proxy.DisposeAsync();
        files.Dispose();
    }

    private string Story => $"\n{string.Join('\n', proxy.Exchanges)}\n";

    private Task StepAsync(string step)
    {
        var (told, wanted) = step.Split(" -> ") is [var first, var second] ? (first, second) : (step, null);
        var words = told.Split(' ');
        switch (words[0])
        {
            case "start":
                return StartAsync(words[1], words[2..]);
            case "kill":
                return drivers[words[1]].KillAsync();
            case "fault":
                var kind = Enum.Parse<RequestKind>(words[1].Replace("-", "", StringComparison.Ordinal), true);
                faults.Add(kind, Fault.Parse(words[2]), words.Length > 3 ? int.Parse(words[3]) : 1);
                return Task.CompletedTask;
            case "mend":
                faults.Clear();
                return Task.CompletedTask;
            case "held":
                return proxy.HeldAsync(cancel);
            case "release":
                proxy.Release();
                return Task.CompletedTask;
            case "tried":
                return UntilAsync(() => Refreshes.Count(one => one.Status > 0) >= int.Parse(words[1]));
            case "sent":
                Assert.Equal(int.Parse(words[1]), Refreshes.Count());
                return Task.CompletedTask;
            case "until":
                return UntilAsync(() => Jwt.HasExpired(tokens[^1]));
            case "because":
                Assert.StartsWith(
                    told[("because".Length + 1)..],
                    (string?)lastError?["reason"],
                    StringComparison.Ordinal
                );
                return Task.CompletedTask;
            case "told":
                Assert.Contains(words[2], drivers[words[1]].Events);
                return Task.CompletedTask;
            case "thief":
                return thief.RefreshAsync(granted: words[1] == "granted", cancel);
            case "steal":
                thief.Copy();
                return Task.CompletedTask;
            case "revoke":
                return thief.RevokeAsync(cancel);
            default:
                return StoredFiles.Knows(words[0]) ? files.DoAsync(words[0]) : AskAsync(words, wanted);
        }
    }

    private async Task StartAsync(string name, string[] options)
    {
        var given = new Dictionary<string, string>(credentials);
        var settings = new ClientSettings(proxy.Address, row.Contract, given, files.Folder);
        foreach (var option in options.Select(option => option.Split('=')))
        {
            settings = option switch
            {
                ["elsewhere", _] => settings with { Server = new Uri("http://127.0.0.1:9") },
                ["timeout", var seconds] => settings with { TimeoutSeconds = int.Parse(seconds) },
                ["patience", var seconds] => settings with { PatienceSeconds = int.Parse(seconds) },
                ["clock", var seconds] => settings with { Clock = int.Parse(seconds) },
                _ => settings,
            };
            if (option is ["wrong", _])
            {
                given["password"] = "not the password";
            }
            else if (given.ContainsKey(option[0]))
            {
                given[option[0]] = option[1];
            }
        }

        drivers[name] = await ClientProcess.StartAsync(client, settings);
    }

    private async Task AskAsync(string[] words, string? wanted)
    {
        var driver = drivers[words[0]];
        if (words[1] != "wait")
        {
            await driver.TellAsync(Command(words), cancel);
        }

        if (words[^1] != "&")
        {
            Judge(await driver.AnswerAsync(), words[1], wanted);
        }
    }

    private static JsonObject Command(string[] words)
    {
        var command = new JsonObject { ["do"] = words[1] };
        switch (words[1])
        {
            case "many":
                (command["count"], command["leave"]) = (int.Parse(words[2]), int.Parse(words[3]));
                break;
            case "get" or "post-once":
                command["path"] = "/v3/individuals";
                break;
        }

        return command;
    }

    private void Judge(JsonObject answer, string command, string? wanted)
    {
        AssertNoSecret($"{answer["message"]} {answer["shown"]}");
        if (answer["token"] is { } token)
        {
            tokens.Add((string)token!);
        }

        if (command is "get" or "post-once")
        {
            Assert.Equal(wanted, $"{answer["status"]}");
        }
        else if (wanted is null)
        {
            Assert.True(answer["error"] is null, answer.ToJsonString());
        }
        else
        {
            var codes = wanted.Split(' ');
            Assert.True(codes[0] == (string?)answer["error"], answer.ToJsonString());
            Assert.True(codes.Length == 1 || codes.Contains((string?)answer["code"]), answer.ToJsonString());
            ErrorWords.Check(lastError = answer);
        }

        if (command is "many")
        {
            Assert.Equal((10, 10), ((int)answer["got"]!, (int)answer["left"]!));
        }
    }

    private void AssertNoSecret(string said)
    {
        var secret = credentials.Where(one => one.Key is not ("username" or "client_id" or "redirect_uri"));
        var secrets = tokens.Concat(files.Tokens()).Concat(secret.Select(one => one.Value));
        Assert.All(secrets, secret => Assert.DoesNotContain(secret, said, StringComparison.Ordinal));
    }

    private IEnumerable<Exchange> Refreshes => proxy.Exchanges.Where(one => one.Kind is RequestKind.Refresh);

    private static int Granted(IEnumerable<Exchange> exchanges) =>
        exchanges.Where(one => one.Status is 200 or 201).Select(one => one.Key).Distinct().Count();

    // How long nobody signs in after the first refusal.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    // Where the machine is so slow that the pause after a refusal is over before the next process has started, that one
    // may sign in again.
    private void NoteRefusals(TimeSpan from, TimeSpan to)
    {
        var refused = proxy.Exchanges.Count(one => one is { Kind: RequestKind.SignIn, Status: 401 });
        if (refused == refusedSignIns)
        {
            return;
        }

        repeatedInTime += lastRefused is { } last && to - last >= Pause ? refused - refusedSignIns : 0;
        (refusedSignIns, lastRefused) = (refused, from);
    }

    private void Check(TimeSpan took)
    {
        var signIns = proxy.Exchanges.Where(one => one.Kind is RequestKind.SignIn).ToList();
        var found = row.Expect with
        {
            SignIns = row.Expect.SignIns is null ? null : Granted(signIns),
            SignInRequests = row.Expect.SignInRequests is null ? null : signIns.Count - repeatedInTime,
            Refreshes = row.Expect.Refreshes is null ? null : Granted(Refreshes),
            Requests = row.Expect.Requests is null ? null : Refreshes.Count(),
            Keys = row.Expect.Keys is null ? null : Refreshes.Select(one => one.Key).Distinct().Count(),
            Calls = row.Expect.Calls is null ? null : proxy.Exchanges.Count(one => one.Kind is RequestKind.Call),
            SameToken = row.Expect.SameToken is null ? null : tokens[^1] == tokens[^2],
        };
        Assert.True(row.Expect == found, $"Expected {row.Expect}, found {found}{Story}");
        Assert.True(took.TotalSeconds >= (row.Expect.Seconds ?? 0), $"It took {took}.");
    }

    private async Task GoOnAsync()
    {
        var before = proxy.Exchanges.Count(one => one.Kind is RequestKind.SignIn);
        faults.Clear();
        var living = drivers.FirstOrDefault(one => one.Value.Runs).Key;
        if (living is null)
        {
            await StartAsync(living = "z", []);
        }

        await StepAsync($"{living} refresh");
        Assert.Equal(before, proxy.Exchanges.Count(one => one.Kind is RequestKind.SignIn));
    }

    private async Task UntilAsync(Func<bool> holds)
    {
        while (!holds())
        {
            await Task.Delay(20, cancel);
        }
    }
}
