using Turnstone.Server.Tests.Documents;
using Turnstone.Server.Tests.Operations;

namespace Turnstone.Server.Tests.CommandLine;

/// <summary>The doctor with a server that is at its own name, and each thing that it finds.</summary>
public sealed class DoctorTests(FirstStart first) : IClassFixture<FirstStart>
{
    private static readonly string[] Checks =
    [
        "session folder",
        "session file",
        "network",
        "TLS",
        "clock",
        "discovery",
        "keys",
        "token",
        "session",
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Url => first.Address.GetLeftPart(UriPartial.Authority);

    [Fact]
    public async Task Where_nothing_is_wrong_it_says_so()
    {
        using var home = await LoggedInAsync();
        var found = await home.RunAsync("doctor");
        Assert.True(found.ExitCode == 0, found.Output);
        foreach (var check in Checks)
        {
            Assert.Contains($"ok    {check}: ", found.Output, StringComparison.Ordinal);
        }

        Assert.EndsWith("Nothing is wrong.\n", found.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_that_others_can_read_are_wrong()
    {
        using var home = await LoggedInAsync();
        File.SetUnixFileMode(home.Session(), UnixFileMode.UserRead | UnixFileMode.GroupRead);
        await AssertWrongAsync(home, "session file: ", "can be reached by others");
    }

    [Fact]
    public async Task A_token_of_somebody_else_is_wrong()
    {
        using var home = await LoggedInAsync();
        var text = await File.ReadAllTextAsync(home.Session(), Cancel);
        var token = (await home.RunAsync("token")).Output.Trim();
        await File.WriteAllTextAsync(
            home.Session(),
            text.Replace(token, CliHome.Forged(token), StringComparison.Ordinal),
            Cancel
        );
        await AssertWrongAsync(home, "token: ", "Not genuine");
    }

    [Fact]
    public async Task A_clock_that_is_off_is_wrong()
    {
        using var home = await LoggedInAsync();
        home.Variables["LD_PRELOAD"] = Faketime();
        home.Variables["FAKETIME"] = "+2h";
        home.Variables["FAKETIME_DONT_FAKE_MONOTONIC"] = "1";
        await AssertWrongAsync(home, "clock: ", "2 hours ahead of the server's");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("""{"keys":[]}""")]
    [InlineData("""{"keys":[{"kty":"of another time"}]}""")]
    public async Task A_server_that_publishes_no_keys_is_wrong(string? keys)
    {
        using var home = await LoggedInAsync();
        await using var stranger = await Stranger.StartAsync();
        stranger.Metadata = new() { ["issuer"] = stranger.Url };
        stranger.Body = keys;
        var profiles = Path.Combine(home.Config, "profiles.json");
        var text = await File.ReadAllTextAsync(profiles, Cancel);
        await File.WriteAllTextAsync(profiles, text.Replace(Url, stranger.Url, StringComparison.Ordinal), Cancel);
        await AssertWrongAsync(home, "keys: ", "The server publishes no keys, so nobody can verify its tokens.");
    }

    [Fact]
    public async Task A_session_that_has_ended_is_wrong()
    {
        using var home = await LoggedInAsync();
        const string Over = ""","contract":"/v3","ended":{"code":"session_revoked"}}""";
        await File.WriteAllTextAsync(home.Session(), $"{{\"server\":\"{Url}/\"{Over}", Cancel);
        await AssertWrongAsync(home, "session: ", "It has ended (session_revoked). Ask turnstone why");
        await File.WriteAllTextAsync(home.Session(), $"{{\"server\":\"http://127.0.0.1:1/\"{Over}", Cancel);
        await AssertWrongAsync(home, "session: ", "It is of another server than the profile's");
    }

    [Fact]
    public async Task A_server_under_another_name_is_wrong()
    {
        using var home = new CliHome();
        await home.RunWithAsync(
            first.Secret("API_KEY"),
            "login",
            Url.Replace("127.0.0.1", "localhost", StringComparison.Ordinal)
        );
        await AssertWrongAsync(home, "discovery: ", $"calls itself {Url}");
    }

    [Fact]
    public async Task A_certificate_that_nobody_trusts_is_wrong_and_one_that_is_trusted_is_not()
    {
        using var home = await LoggedInAsync();
        await using var proxy = await TlsProxy.StartAsync(home.Folder, TimeSpan.FromDays(90));
        proxy.Server = first.Address;
        var profiles = Path.Combine(home.Config, "profiles.json");
        var text = await File.ReadAllTextAsync(profiles, Cancel);
        await File.WriteAllTextAsync(profiles, text.Replace(Url, proxy.Url, StringComparison.Ordinal), Cancel);

        await AssertWrongAsync(home, "TLS: ", "The certificate is not trusted");
        home.Variables["SSL_CERT_FILE"] = Path.Combine(home.Folder, "authority.pem");
        Assert.Contains("ok    TLS: ", (await home.RunAsync("doctor")).Output, StringComparison.Ordinal);
    }

    /// <summary>The library of Debian's package libfaketime, which ./test installs.</summary>
    private static string Faketime() =>
        System
            .IO.Directory.EnumerateDirectories("/usr/lib")
            .Select(folder => Path.Combine(folder, "faketime", "libfaketime.so.1"))
            .FirstOrDefault(File.Exists)
        ?? throw new InvalidOperationException("libfaketime is missing.");

    private static async Task AssertWrongAsync(CliHome home, string check, string words)
    {
        var found = await home.RunAsync("doctor");
        Assert.Equal(7, found.ExitCode);
        var line = Assert.Single(
            found.Output.Split('\n'),
            line => line.StartsWith($"WRONG {check}", StringComparison.Ordinal)
        );
        Assert.Contains(words, line, StringComparison.Ordinal);
    }

    private async Task<CliHome> LoggedInAsync()
    {
        var home = new CliHome();
        var login = await home.RunWithAsync(first.Secret("API_KEY"), "login", Url);
        Assert.True(login.ExitCode == 0, login.Error);
        return home;
    }
}
