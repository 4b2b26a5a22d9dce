using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Turnstone.Server.Tests.Portal;
using Turnstone.Testing;

namespace Turnstone.Server.Tests.Documents;

/// <summary>The program of docs/tutorials/updating-tokens.md, run as it is printed there.</summary>
public sealed partial class PythonSampleTests : IDisposable
{
    private readonly string folder = ServerProcess.NewFolder();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string State => Path.Combine(folder, "tokens.json");

    [Fact]
    public async Task It_obeys_the_table_of_its_page()
    {
        await using var server = await PortalServer.StartAsync();
        using var login = await server.Http.PostAsJsonAsync("/v3/auth/login", new { api_key = Known.ApiKey }, Cancel);
        var pair = JsonNode.Parse(await login.Content.ReadAsStringAsync(Cancel))!.AsObject();
        await File.WriteAllTextAsync(State, pair.ToJsonString(), Cancel);

        // Too early: it goes on with the token that it has, and says for how long.
        var early = await RunAsync(server);
        Assert.Equal(0, early.ExitCode);
        Assert.Equal((string)pair["access_token"]!, early.Output.Trim());
        Assert.Contains("too early: the access token is good for another", early.Error, StringComparison.Ordinal);

        server.Time.Advance(TimeSpan.FromMinutes(16));
        await SetKeyAsync("a-key-that-was-sent-once-before");
        var next = await RunAsync(server);
        Assert.True(next.ExitCode == 0, next.Error);
        Assert.StartsWith("eyJ", next.Output, StringComparison.Ordinal);
        Assert.Equal(next.Output.Trim(), (string)(await StateAsync())["access_token"]!);

        // A key that came with the refresh before: a new one, and the same refresh.
        server.Time.Advance(TimeSpan.FromMinutes(16));
        await SetKeyAsync("a-key-that-was-sent-once-before");
        var again = await RunAsync(server);
        Assert.True(again.ExitCode == 0, again.Error);
        Assert.NotEqual(next.Output, again.Output);

        // The end: it says why, and that nothing but a login helps.
        server.Time.Advance(TimeSpan.FromHours(2));
        var ended = await RunAsync(server);
        Assert.NotEqual(0, ended.ExitCode);
        Assert.Contains("session_expired", ended.Error, StringComparison.Ordinal);
        Assert.Contains("Sign in again.", ended.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("Traceback", ended.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_says_what_it_waits_for()
    {
        await using var server = await PortalServer.StartAsync(["Turnstone:Contracts:SessionV3:EarlyRefresh=Allow"]);
        using var login = await server.Http.PostAsJsonAsync("/v3/auth/login", new { api_key = Known.ApiKey }, Cancel);
        await File.WriteAllTextAsync(State, await login.Content.ReadAsStringAsync(Cancel), Cancel);
        await using var proxy = await Portal.Guides.LosingProxy.StartAsync(server.Http, State);

        var run = await RunAsync(server, proxy.Url);

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Contains("the same request again in", run.Error, StringComparison.Ordinal);
    }

    public void Dispose() => System.IO.Directory.Delete(folder, recursive: true);

    private Task<CommandResult> RunAsync(TurnstoneServer server, string? url = null)
    {
        var program = Program()
            .Match(File.ReadAllText(Path.Combine(Repository.Root, "docs/tutorials/updating-tokens.md")))
            .Groups["text"]
            .Value;
        File.WriteAllText(Path.Combine(folder, "refresh.py"), program);
        return Bash.RunAsync(
            "python3 refresh.py",
            folder: folder,
            environment: new Dictionary<string, string>
            {
                ["TOKEN_URL"] = $"{url?.TrimEnd('/') ?? $"{server.BaseAddress}".TrimEnd('/')}/v3/auth/refresh",
            }
        );
    }

    private async Task<JsonObject> StateAsync() =>
        JsonNode.Parse(await File.ReadAllTextAsync(State, Cancel))!.AsObject();

    private async Task SetKeyAsync(string key)
    {
        var state = await StateAsync();
        state["key"] = key;
        await File.WriteAllTextAsync(State, state.ToJsonString(), Cancel);
    }

    [GeneratedRegex(@"^```python\n(?<text>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Program();
}
