using System.Diagnostics;
using System.Web;

namespace Turnstone.Server.Tests.CommandLine;

/// <summary>Two servers and one sign-in: the code of one never comes to the other (RFC 9207, RFC 8414 §3.3).</summary>
public sealed class IssuerTests
{
    private const string Code = "a-code-of-the-honest-server";
    private const string Honest = "https://id.example.test";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_server_that_announces_the_issuer_of_another_sends_nobody_to_sign_in()
    {
        await using var evil = await Stranger.StartAsync();
        evil.Metadata = new() { ["issuer"] = Honest, ["authorization_endpoint"] = $"{Honest}/oauth2/authorize" };
        using var home = new CliHome();
        using var login = Begin(evil, home);
        try
        {
            Assert.StartsWith(
                $"turnstone: {evil.Url} calls itself {Honest}.",
                await login.StandardError.ReadLineAsync(Cancel),
                StringComparison.Ordinal
            );
            Assert.Equal(5, (await CliHome.EndAsync(login)).ExitCode);
        }
        finally
        {
            End(login);
        }
    }

    [Theory]
    [InlineData(false, Honest, false)]
    [InlineData(true, Honest, false)]
    [InlineData(true, null, false)]
    [InlineData(true, "own", true)]
    [InlineData(true, "own/", true)]
    [InlineData(false, "own", true)]
    [InlineData(false, null, true)]
    public async Task A_code_is_taken_from_the_issuer_that_was_asked_alone(bool announces, string? from, bool taken)
    {
        await using var server = await Stranger.StartAsync();
        server.Metadata = announces
            ? new() { ["issuer"] = server.Url, ["authorization_response_iss_parameter_supported"] = true }
            : null;
        using var home = new CliHome();
        using var login = Begin(server, home);
        try
        {
            Assert.Equal("Sign in here:", await login.StandardError.ReadLineAsync(Cancel));
            var page = new Uri((await login.StandardError.ReadLineAsync(Cancel))!);
            var asked = HttpUtility.ParseQueryString(page.Query);
            var issuer = from?.Replace("own", server.Url, StringComparison.Ordinal);
            var named = issuer is null ? "" : $"&iss={Uri.EscapeDataString(issuer)}";
            using var http = new HttpClient();
            using var told = await http.GetAsync(
                new Uri($"{asked["redirect_uri"]}?code={Code}&state={asked["state"]}{named}"),
                Cancel
            );
            Assert.Equal(taken, told.IsSuccessStatusCode);
            var done = await CliHome.EndAsync(login);
            Assert.Equal(taken, server.Heard.Contains(Code, StringComparison.Ordinal));
            Assert.Equal(
                taken,
                !done.Error.Contains("The answer came from another server.", StringComparison.Ordinal)
            );
        }
        finally
        {
            End(login);
        }
    }

    [Fact]
    public async Task The_address_of_the_sign_in_is_printed_as_it_is_sent()
    {
        await using var server = await Stranger.StartAsync();
        server.Metadata = new()
        {
            ["issuer"] = server.Url,
            ["authorization_endpoint"] = $"{server.Url}/at%E2%80%AE%20there",
        };
        using var home = new CliHome();
        using var login = Begin(server, home);
        try
        {
            await login.StandardError.ReadLineAsync(Cancel);
            Assert.StartsWith(
                $"{server.Url}/at%E2%80%AE%20there?",
                await login.StandardError.ReadLineAsync(Cancel),
                StringComparison.Ordinal
            );
        }
        finally
        {
            End(login);
        }
    }

    private static Process Begin(Stranger server, CliHome home) =>
        home.Start("login", server.Url, "--with", "browser", "--client-id", "app", "--no-browser");

    private static void End(Process login)
    {
        if (!login.HasExited)
        {
            login.Kill();
        }
    }
}
