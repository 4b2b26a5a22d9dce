using System.Diagnostics;
using System.Net;
using System.Text.RegularExpressions;
using Turnstone.Server.Tests.Portal;
using Turnstone.Server.Tests.Portal.Authorize;
using Turnstone.Server.Tests.Portal.Device;

namespace Turnstone.Server.Tests.CommandLine;

/// <summary>The sign-ins in which a person does something elsewhere.</summary>
public sealed partial class SignInTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/oauth2")]
    [InlineData("/v1/oauth")]
    public async Task A_browser_signs_in_by_a_loopback_redirect_and_PKCE(string contract)
    {
        await using var server = await CliServer.StartAsync();
        using var home = new CliHome();
        using var visitor = await Visitor.SignedInAsync(server);
        using var login = Begin(server, home, contract);
        var page = await PageAsync(login);
        Assert.Contains("code_challenge_method=S256", page, StringComparison.Ordinal);

        using var answer = await visitor.DecideAsync(page);
        var back = answer.Headers.Location!;
        Assert.Matches(@"^http://127\.0\.0\.1:\d+/callback\?", back.AbsoluteUri);

        // A page of a stranger's, and an answer to another request, change nothing.
        Assert.Equal(HttpStatusCode.NotFound, await GetAsync(new Uri(back, "/favicon.ico")));
        Assert.Equal(HttpStatusCode.BadRequest, await GetAsync(new Uri(back, "/callback?code=x&state=y")));
        Assert.Equal(HttpStatusCode.OK, await GetAsync(back));

        var done = await CliHome.EndAsync(login);
        Assert.True(done.ExitCode == 0, done.Error);
        Assert.Equal(0, (await home.RunAsync("refresh")).ExitCode);
        Assert.Equal(
            contract,
            Assert.Single(await server.SessionsAsync()).Contract is "oauth2" ? "/oauth2" : "/v1/oauth"
        );
    }

    [Theory]
    [InlineData("xdg-open", false)]
    [InlineData("a browser of mine", true)]
    public async Task The_browser_of_the_machine_is_opened_at_the_address_that_is_printed(string program, bool chosen)
    {
        await using var server = await CliServer.StartAsync();
        using var home = new CliHome();
        var opened = Path.Combine(home.Folder, "opened");
        var browser = await home.ProgramAsync(
            program,
            $"printf '%s\n' \"$#\" \"$@\" > '{opened}.new'; mv '{opened}.new' '{opened}'"
        );
        if (chosen)
        {
            home.Variables["BROWSER"] = browser;
        }
        else
        {
            home.Variables["PATH"] = $"{Path.GetDirectoryName(browser)}:{Environment.GetEnvironmentVariable("PATH")}";
        }

        using var visitor = await Visitor.SignedInAsync(server);
        using var login = Begin(server, home, "/oauth2", open: true);
        Assert.Equal("Sign in here:", await login.StandardError.ReadLineAsync(Cancel));
        var printed = await login.StandardError.ReadLineAsync(Cancel);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        patience.CancelAfter(TimeSpan.FromSeconds(60));
        while (!File.Exists(opened))
        {
            await Task.Delay(20, patience.Token);
        }

        Assert.Equal(["1", printed], await File.ReadAllLinesAsync(opened, Cancel));
        using var answer = await visitor.DecideAsync(new Uri(printed!).PathAndQuery);
        Assert.Equal(HttpStatusCode.OK, await GetAsync(answer.Headers.Location!));
        var done = await CliHome.EndAsync(login);
        Assert.True(done.ExitCode == 0, done.Error);
    }

    [Fact]
    public async Task Ctrl_C_ends_a_sign_in_that_waits_with_a_code_of_its_own()
    {
        await using var server = await CliServer.StartAsync();
        using var home = new CliHome();
        using var login = Begin(server, home, "/oauth2");
        await PageAsync(login);
        using var interrupt = Process.Start("kill", ["-INT", $"{login.Id}"]);
        await interrupt.WaitForExitAsync(Cancel);

        var done = await CliHome.EndAsync(login);
        Assert.Equal((130, ""), (done.ExitCode, done.Output));
        Assert.DoesNotContain("fault of turnstone itself", done.Error, StringComparison.Ordinal);
        Assert.Equal(3, (await home.RunAsync("token")).ExitCode);
    }

    [Fact]
    public async Task A_browser_that_is_refused_says_so_and_keeps_nothing()
    {
        await using var server = await CliServer.StartAsync();
        using var home = new CliHome();
        using var visitor = await Visitor.SignedInAsync(server);
        using var login = Begin(server, home, "/oauth2");
        using var answer = await visitor.DecideAsync(await PageAsync(login), "deny");
        await GetAsync(answer.Headers.Location!);

        var done = await CliHome.EndAsync(login);
        Assert.Equal(5, done.ExitCode);
        Assert.Contains("The sign-in was refused (access_denied).", done.Error, StringComparison.Ordinal);
        Assert.Equal(3, (await home.RunAsync("token")).ExitCode);
    }

    [Fact]
    public async Task A_device_signs_in_by_a_code_that_is_entered_elsewhere()
    {
        await using var server = await FakeDevice.ServerAsync(start: TimeProvider.System.GetUtcNow());
        using var home = new CliHome();
        using var visitor = await Visitor.SignedInAsync(server);
        using var login = home.Start("login", server.Url(), "--with", "device", "--client-id", Known.PublicClientId);
        var told = await login.StandardError.ReadLineAsync(Cancel);
        var code = UserCode().Match(told!).Groups["code"].Value;
        using (await visitor.SendAsync("/portal/device", form: null, ("Code", code), ("decision", "allow"))) { }

        var done = await CliHome.EndAsync(login);
        Assert.True(done.ExitCode == 0, done.Error);
        Assert.Equal(0, (await home.RunAsync("token")).ExitCode);
    }

    [Fact]
    public async Task A_program_signs_in_as_itself_and_a_session_of_a_person_never_becomes_the_programs()
    {
        await using var server = await CliServer.StartAsync();
        using var home = new CliHome();
        var own = await home.RunWithAsync(
            Known.ClientSecret,
            "login",
            server.Url(),
            "--with",
            "client",
            "--client-id",
            Known.ClientId,
            "-p",
            "program"
        );
        Assert.True(own.ExitCode == 0, own.Error);
        Assert.Contains(
            $"It is the program {Known.ClientId}'s own.",
            (await home.RunAsync("inspect")).Output,
            StringComparison.Ordinal
        );

        await server.LoginAsync(home, "/oauth2", "-p", "person");
        await server.EndAsync(Assert.Single(await server.SessionsAsync()));
        await home.ExpireAsync("person");
        Assert.Equal(4, (await home.RunAsync("token")).ExitCode);
        Assert.Equal(4, (await home.RunAsync("token")).ExitCode);
    }

    private static Process Begin(TurnstoneServer server, CliHome home, string contract, bool open = false) =>
        home.Start([
            "login",
            server.Url(),
            "--issuer",
            "https://id.example.test",
            "--with",
            "browser",
            "--contract",
            contract,
            "--client-id",
            Known.PublicClientId,
            .. open ? Array.Empty<string>() : ["--no-browser"],
        ]);

    /// <summary>The address that it prints, as a path for the visitor.</summary>
    private static async Task<string> PageAsync(Process login)
    {
        Assert.Equal("Sign in here:", await login.StandardError.ReadLineAsync(Cancel));
        return new Uri((await login.StandardError.ReadLineAsync(Cancel))!).PathAndQuery;
    }

    private static async Task<HttpStatusCode> GetAsync(Uri address)
    {
        using var http = new HttpClient();
        using var answer = await http.GetAsync(address, Cancel);
        return answer.StatusCode;
    }

    [GeneratedRegex("enter (?<code>[A-Z0-9-]+)$")]
    private static partial Regex UserCode();
}
