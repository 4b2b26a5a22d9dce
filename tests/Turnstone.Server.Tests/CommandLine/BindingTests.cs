using System.Globalization;
using System.Text.Json.Nodes;

namespace Turnstone.Server.Tests.CommandLine;

/// <summary>Tokens and secrets are for the server that they came from, whatever a profile says later.</summary>
public sealed class BindingTests
{
    private const string Token = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl";

    private static readonly string[][] Verbs =
    [
        ["token"],
        ["refresh"],
        ["validate"],
        ["inspect"],
        ["curl", "/v3/individuals"],
        ["why"],
        ["sessions"],
        ["doctor"],
        ["kubectl-credential"],
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/v3", "--keep")]
    [InlineData("/auth/v2", "--keep")]
    [InlineData("/v1/oauth")]
    [InlineData("/oauth2")]
    public async Task A_profile_that_names_another_server_shows_it_nothing(string contract, params string[] more)
    {
        await using var server = await CliServer.StartAsync();
        await using var other = await Stranger.StartAsync();
        using var home = new CliHome();
        Assert.Equal(0, (await server.LoginAsync(home, contract, more)).ExitCode);
        var session = JsonNode.Parse(await File.ReadAllTextAsync(home.Session(), Cancel))!;
        await NameAsync(home, other.Url);

        foreach (var verb in Verbs)
        {
            await home.RunAsync(verb);
        }

        // Without the session what is kept would open a new one.
        var stored = await File.ReadAllTextAsync(home.Session(), Cancel);
        File.Delete(home.Session());
        Assert.Equal(3, (await home.RunAsync("token")).ExitCode);
        await File.WriteAllTextAsync(home.Session(), stored, Cancel);
        Assert.Equal(0, (await home.RunAsync("logout")).ExitCode);

        Assert.NotEqual("", other.Heard);
        string?[] secrets =
        [
            (string?)session["access"],
            (string?)session["refresh"],
            Known.ApiKey,
            Known.Password,
            Known.SubscriptionKey,
            Known.ClientSecret,
        ];
        Assert.DoesNotContain(
            secrets.OfType<string>(),
            secret => other.Heard.Contains(secret, StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Nor_the_last_token_of_a_session_that_has_ended()
    {
        await using var server = await CliServer.StartAsync();
        await using var other = await Stranger.StartAsync();
        using var home = new CliHome();
        await server.LoginAsync(home, "/v3");
        await server.EndAsync(Assert.Single(await server.SessionsAsync()));
        await home.ExpireAsync();
        Assert.Equal(4, (await home.RunAsync("token")).ExitCode);
        Assert.Equal(6, (await home.RunAsync("why")).ExitCode);
        await NameAsync(home, other.Url);

        Assert.Equal(3, (await home.RunAsync("why")).ExitCode);
        Assert.Equal(3, (await home.RunAsync("validate")).ExitCode);
        Assert.Equal("", other.Heard);
    }

    [Fact]
    public async Task A_secret_of_the_environment_is_shown_only_where_one_of_its_kind_is_asked_for()
    {
        const string Secret = "a-secret-for-another-server";
        await using var server = await Stranger.StartAsync();
        using var home = new CliHome();
        home.Variables["TURNSTONE_CLIENT_SECRET"] = Secret;
        home.Variables["TURNSTONE_SUBSCRIPTION_KEY"] = Secret;
        await home.RunWithAsync(
            "tsr_refresh",
            "login",
            server.Url,
            "--with",
            "refresh-token",
            "--contract",
            "/oauth2",
            "--client-id",
            "app"
        );
        Assert.Contains("tsr_refresh", server.Heard, StringComparison.Ordinal);

        System.IO.Directory.CreateDirectory(home.Config);
        await File.WriteAllTextAsync(
            Path.Combine(home.Config, "profiles.json"),
            $$"""{"profiles":{"default":{"server":"{{server.Url}}","contract":"/v3","with":"key"} } }""",
            Cancel
        );
        await home.RunWithAsync(Token, "validate", "-");
        Assert.Contains(Token, server.Heard, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, server.Heard, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("http://127.0.0.1:{0}", true)]
    [InlineData("http://localhost:{0}", false)]
    [InlineData("https://127.0.0.1:{0}", false)]
    [InlineData("https://elsewhere.example.test", false)]
    public async Task A_token_is_revoked_at_the_issuer_and_at_no_address_beside_it(string origin, bool sent)
    {
        await using var server = await Stranger.StartAsync();
        var place = string.Format(CultureInfo.InvariantCulture, origin, new Uri(server.Url).Port);
        server.Metadata = new() { ["issuer"] = server.Url };
        server.Body = $$"""{"access_token":"{{Token}}","expires_in":3600,"refresh_token":"tsr_r"}""";
        using var home = new CliHome();
        var login = await home.RunWithAsync(
            "a-client-secret\n",
            "login",
            server.Url,
            "--with",
            "client",
            "--contract",
            "/oauth2",
            "--client-id",
            "app",
            "--confidential"
        );
        Assert.True(login.ExitCode == 0, login.Error);
        server.Metadata["revocation_endpoint"] = place.Length == 0 ? null : $"{place}/gone";

        var logout = await home.RunAsync("logout");

        Assert.True(logout.ExitCode == (sent ? 0 : 1), logout.Error);
        Assert.Equal(
            sent,
            server.Heard.Contains(place.Length == 0 ? "POST /oauth2/revoke" : "POST /gone", StringComparison.Ordinal)
        );
        Assert.Equal(sent, !File.Exists(home.Session()));
        Assert.Equal(0, (await home.RunAsync("logout", "--local")).ExitCode);
        Assert.False(File.Exists(home.Session()));
    }

    private static async Task NameAsync(CliHome home, string server)
    {
        var file = Path.Combine(home.Config, "profiles.json");
        var all = JsonNode.Parse(await File.ReadAllTextAsync(file, Cancel))!;
        all["profiles"]!["default"]!["server"] = server;
        await File.WriteAllTextAsync(file, all.ToJsonString(), Cancel);
    }
}
