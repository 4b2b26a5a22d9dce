using System.Diagnostics;
using System.Text.Json.Nodes;
using Turnstone.Nodes.Cluster;

namespace Turnstone.Server.Tests.CommandLine;

/// <summary>What a person at a terminal sees: a pseudo-terminal of script(1).</summary>
public sealed class TerminalTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_secret_is_asked_for_and_not_shown()
    {
        await using var server = await CliServer.StartAsync();
        using var home = new CliHome();
        using var terminal = Open(home, $"turnstone login {server.Url()}");
        var seen = await UntilAsync(terminal, "API key: ");
        await terminal.StandardInput.WriteAsync(Known.ApiKey + "\r");
        await terminal.StandardInput.FlushAsync(Cancel);
        seen += await terminal.StandardOutput.ReadToEndAsync(Cancel);

        Assert.Contains("Signed in at", seen, StringComparison.Ordinal);
        Assert.DoesNotContain(Known.ApiKey, seen, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("NO_COLOR=1 ", false)]
    [InlineData("TERM=dumb ", false)]
    public async Task Colour_is_for_a_terminal_that_wants_it(string variable, bool coloured)
    {
        await using var server = await CliServer.StartAsync();
        using var home = new CliHome();
        await server.LoginAsync(home, "/v3");

        using var terminal = Open(home, $"{variable}turnstone inspect");
        var seen = await terminal.StandardOutput.ReadToEndAsync(Cancel);
        Assert.Contains("Genuine", seen, StringComparison.Ordinal);
        Assert.Equal(coloured, seen.Contains("\e[32m", StringComparison.Ordinal));

        // And never where a program reads.
        Assert.DoesNotContain('\e', (await home.RunAsync("inspect")).Output);
        Assert.DoesNotContain('\e', (await home.RunAsync("doctor")).Output);
    }

    [Fact]
    public async Task A_spinner_is_for_a_terminal_and_gone_when_the_work_is_done()
    {
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await Stranger.StartAsync();
        server.Held = held.Task;
        server.Body = """{"access_token":"an-access-token","expires_in":3600,"refresh_token":"tsr_next"}""";
        using var home = new CliHome();
        home.Variables["TURNSTONE_REFRESH_TOKEN"] = "tsr_r";
        string[] login =
        [
            "login",
            server.Url,
            "--with",
            "refresh-token",
            "--contract",
            "/oauth2",
            "--client-id",
            "app",
        ];

        // It asks before the one at the terminal has begun, so it waits at least as long.
        using var elsewhere = home.Start(login);
        await Until.HoldsAsync(
            () => Task.FromResult(server.Heard.Contains("tsr_r", StringComparison.Ordinal)),
            TimeSpan.FromMinutes(1),
            "the first has asked"
        );
        using var terminal = Open(home, $"turnstone {string.Join(' ', login)} --profile seen");
        var seen = await UntilAsync(terminal, "\r- Signing in");
        held.SetResult();

        seen += await terminal.StandardOutput.ReadToEndAsync(Cancel);
        Assert.Contains("\r\e[KSigned in at", seen, StringComparison.Ordinal);
        var ended = await CliHome.EndAsync(elsewhere);
        Assert.True(ended.ExitCode == 0, ended.Error);
        Assert.DoesNotContain('\r', ended.Output + ended.Error);
    }

    [Fact]
    public async Task A_body_moves_no_cursor_of_a_terminal_and_is_itself_where_a_program_reads()
    {
        const string Body = "first\r\n\e]0;title\a\e[2Jsecond \u202Eback\u0085\n";
        await using var server = await CliServer.StartAsync();
        await using var api = await Stranger.StartAsync();
        api.Body = Body;
        using var home = new CliHome();
        await server.LoginAsync(home, "/v3");

        using var terminal = Open(home, $"turnstone curl {api.Url}/x");
        var seen = await terminal.StandardOutput.ReadToEndAsync(Cancel);
        Assert.Contains(
            "first\r\n\uFFFD]0;title\uFFFD\uFFFD[2Jsecond \uFFFDback\uFFFD",
            seen,
            StringComparison.Ordinal
        );
        using var json = Open(home, $"turnstone curl {api.Url}/x --json");
        seen = await json.StandardOutput.ReadToEndAsync(Cancel);
        Assert.Contains(@"\u202eback\u0085", seen, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain('\u202E', seen);

        Assert.Equal(Body, (await home.RunAsync("curl", $"{api.Url}/x")).Output);
        var told = JsonNode.Parse((await home.RunAsync("curl", $"{api.Url}/x", "--json")).Output)!;
        Assert.Equal(Body, (string)told["body"]!);
    }

    private static Process Open(CliHome home, string command)
    {
        var start = new ProcessStartInfo("script", ["-qec", command, "/dev/null"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in home.Environment())
        {
            start.Environment[name] = value;
        }

        start.Environment["TERM"] = "xterm";
        start.Environment.Remove("NO_COLOR");
        return Process.Start(start)!;
    }

    private static async Task<string> UntilAsync(Process terminal, string words)
    {
        var seen = "";
        var buffer = new char[256];
        while (!seen.Contains(words, StringComparison.Ordinal))
        {
            var read = await terminal.StandardOutput.ReadAsync(buffer, Cancel);
            Assert.True(read > 0, seen);
            seen += new string(buffer, 0, read);
        }

        return seen;
    }
}
