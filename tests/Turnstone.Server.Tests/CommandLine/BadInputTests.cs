using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Turnstone.Server.Tests.CommandLine;

/// <summary>Bad input, files and servers: a sentence and an exit code, never a stack trace or a secret.</summary>
public sealed class BadInputTests
{
    private const string Secret = "a-secret-that-nobody-may-see";
    private const string Token = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl";

    public static TheoryData<int, string, string[]> WrongWords =>
        new()
        {
            { 2, "There is no verb frobnicate. See turnstone --help.", ["frobnicate"] },
            { 2, "turnstone token has no option --frob. See turnstone token --help.", ["token", $"--frob={Secret}"] },
            { 2, "turnstone token was given an argument too many.", ["token", Secret] },
            { 2, "There is no verb of that name.", [Secret] },
            { 2, "--api-key would be seen by everyone", ["login", "http://127.0.0.1:1", "--api-key", Secret] },
            { 2, "--password would be seen by everyone", ["login", $"--password={Secret}"] },
            { 2, "A token is not given as an argument", ["inspect", Token] },
            { 2, "A token comes on the standard input", ["inspect", Secret] },
            { 2, "Which server?", ["login"] },
            { 2, "The server is an address like", ["login", "id.example.test"] },
            { 2, "The server is an address like", ["login", $"https://ada:{Secret}@id.example.test"] },
            { 2, "Without TLS everyone on the way", ["login", "http://id.example.test"] },
            { 2, "Which client?", ["login", "http://127.0.0.1:1", "--with", "browser"] },
            { 2, "The API key is missing", ["login", "http://127.0.0.1:1"] },
            { 2, "The name of a profile has at most", ["token", "-p", "../../etc/passwd"] },
            { 3, "There is no session in the profile other.", ["token", "-p", "other"] },
            { 3, "There is no session in the profile default.", ["curl", "/v3/individuals"] },
            { 3, "There is no profile of that name", ["profiles", "use", "nobody"] },
        };

    [Theory]
    [MemberData(nameof(WrongWords))]
    public async Task Wrong_words_are_told_in_a_sentence(int exitCode, string sentence, string[] words)
    {
        using var home = new CliHome();
        AssertSaid(await home.RunAsync(words), exitCode, sentence);
        var json = await home.RunAsync([.. words, "--json"]);
        Assert.StartsWith("{", json.Error, StringComparison.Ordinal);
        AssertSaid(json, exitCode, "\"exit_code\": " + exitCode);
    }

    [Fact]
    public async Task Wrong_credentials_are_refused_and_nothing_is_kept()
    {
        await using var server = await CliServer.StartAsync();
        using var home = new CliHome();
        AssertSaid(await home.RunWithAsync(Secret, "login", server.Url()), 5, "The server refused the sign-in.");
        AssertSaid(await home.RunAsync("token"), 3, "There is no session");
        var stored = System
            .IO.Directory.GetFiles(home.Folder, "*", SearchOption.AllDirectories)
            .Select(File.ReadAllText);
        Assert.DoesNotContain(stored, text => text.Contains(Secret, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_server_that_is_away_is_told_within_its_patience()
    {
        var url = $"http://127.0.0.1:{FreePort()}";
        using var home = new CliHome();
        await WriteProfileAsync(home, url);
        AssertSaid(await home.RunWithAsync(Token, "inspect", "-"), 69, "The server cannot be reached");
        AssertSaid(await home.RunWithAsync(Token, "why", "-"), 69, "The server cannot be reached");
        AssertSaid(await home.RunWithAsync(Token, "validate", "-"), 69, "The server cannot be reached");
        var doctor = await home.RunAsync("doctor");
        Assert.Equal(7, doctor.ExitCode);
        Assert.Contains("WRONG network: 127.0.0.1 does not answer at port", doctor.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n<html></html")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]")]
    [InlineData("HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("no HTTP at all\r\n\r\n")]
    public async Task A_server_that_answers_anything_gets_no_stack_trace(string answer)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = ServeAsync(listener, answer);
        using var home = new CliHome();
        await WriteProfileAsync(home, $"http://{listener.LocalEndpoint}");

        foreach (var verb in new[] { "inspect", "validate", "why" })
        {
            AssertSaid(await home.RunWithAsync(Token, verb, "-"), null, "");
        }

        AssertSaid(await home.RunAsync("doctor"), 7, "");
        listener.Stop();
        await serving;
    }

    [Fact]
    public async Task What_a_server_says_cannot_move_the_cursor()
    {
        const string Said = """{"state":"ended","description":"Over\u001b[2J\u001b]0;x\u0007\u202e\r."}""";
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = ServeAsync(listener, $"HTTP/1.1 200 OK\r\nContent-Length: {Said.Length}\r\n\r\n{Said}");
        using var home = new CliHome();
        await WriteProfileAsync(home, $"http://{listener.LocalEndpoint}");

        var told = await home.RunWithAsync(Token, "why", "-");
        Assert.StartsWith("Over", told.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(told.Output, sign => sign is '\e' or '\a' or '\r' or '\u202e');
        listener.Stop();
        await serving;
    }

    [Theory]
    [InlineData("not a token")]
    [InlineData("a.b.c")]
    [InlineData("eyJ.eyJ.eyJ")]
    [InlineData("bnVsbA.bnVsbA.bnVsbA")]
    [InlineData("tsr_AAAA")]
    public async Task What_is_no_token_is_told_so(string text)
    {
        await using var server = await CliServer.StartAsync();
        using var home = new CliHome();
        await server.LoginAsync(home, "/v3");
        AssertSaid(await home.RunWithAsync(text, "inspect", "-"), 6, "This is ");
        AssertSaid(await home.RunWithAsync(text, "validate", "-"), 6, null);
        AssertSaid(await home.RunWithAsync(text, "why", "-"), 6, "The access token is not valid.");
    }

    [Fact]
    public async Task A_changed_token_is_not_genuine()
    {
        await using var server = await CliServer.StartAsync();
        using var home = new CliHome();
        await server.LoginAsync(home, "/v3");
        var token = (await home.RunAsync("token")).Output.Trim();
        var parts = token.Split('.');
        var claims = parts[1][..20] + (parts[1][20] == 'A' ? 'B' : 'A') + parts[1][21..];

        var changed = await home.RunWithAsync(CliHome.Forged(token), "inspect", "-");
        Assert.Equal(6, changed.ExitCode);
        Assert.StartsWith(
            "Not genuine: its signature is not one of the server's.",
            changed.Output,
            StringComparison.Ordinal
        );
        Assert.Equal(6, (await home.RunWithAsync($"{parts[0]}.{claims}.{parts[2]}", "inspect", "-")).ExitCode);
        Assert.Equal(0, (await home.RunWithAsync(token, "inspect", "-")).ExitCode);
    }

    [Fact]
    public async Task Damaged_files_are_named_and_not_shown()
    {
        await using var server = await CliServer.StartAsync();
        using var home = new CliHome();
        await server.LoginAsync(home, "/v3");
        await File.WriteAllTextAsync(home.Session(), $"{{\"access\":{Secret}", TestContext.Current.CancellationToken);
        AssertSaid(await home.RunAsync("token"), 74, "The stored session cannot be read.");
        AssertSaid(await home.RunAsync("doctor"), 7, null);
        var profiles = Path.Combine(home.Config, "profiles.json");
        await File.WriteAllTextAsync(profiles, $"[{Secret}", TestContext.Current.CancellationToken);
        AssertSaid(await home.RunAsync("token"), 74, "cannot be read. Correct it");
    }

    [Fact]
    public async Task A_token_goes_only_where_it_is_safe()
    {
        await using var server = await CliServer.StartAsync();
        using var home = new CliHome();
        await server.LoginAsync(home, "/v3");
        AssertSaid(await home.RunAsync("curl", "http://api.example.test/"), 2, "The token is sent only with https");
        AssertSaid(await home.RunAsync("curl", "file:///etc/passwd"), 2, "The token is sent only with https");
        AssertSaid(
            await home.RunAsync("curl", "/", "-H", $"authorization: {Secret}"),
            2,
            "Authorization is what turnstone sets"
        );
        Assert.Equal(8, (await home.RunAsync("curl", "/v3/nothing")).ExitCode);
    }

    private static void AssertSaid(CommandResult result, int? exitCode, string? sentence)
    {
        var all = result.Output + result.Error;
        Assert.True(exitCode is null ? result.ExitCode != 0 : result.ExitCode == exitCode, $"{result.ExitCode}: {all}");
        Assert.DoesNotMatch(@"^\s+at |Exception", all);
        Assert.DoesNotContain("fault of turnstone itself", all, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, all, StringComparison.Ordinal);
        if (sentence is not null)
        {
            Assert.Contains(sentence, all, StringComparison.Ordinal);
        }
    }

    private static async Task WriteProfileAsync(CliHome home, string url)
    {
        System.IO.Directory.CreateDirectory(home.Config);
        await File.WriteAllTextAsync(
            Path.Combine(home.Config, "profiles.json"),
            $$"""{"profiles":{"default":{"server":"{{url}}","contract":"/v3","with":"key"} } }""",
            TestContext.Current.CancellationToken
        );
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task ServeAsync(TcpListener listener, string answer)
    {
        try
        {
            while (true)
            {
                using var connection = await listener.AcceptTcpClientAsync();
                var stream = connection.GetStream();
                _ = await stream.ReadAsync(new byte[4096]);
                await stream.WriteAsync(Encoding.ASCII.GetBytes(answer));
            }
        }
        catch (Exception reason) when (reason is SocketException or ObjectDisposedException or IOException) { }
    }
}
