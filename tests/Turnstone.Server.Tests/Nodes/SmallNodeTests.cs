using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Turnstone.Nodes.Cluster;
using Turnstone.Server.Tests.Operations;
using PostgresServer = Turnstone.Testing.PostgresServer;

namespace Turnstone.Server.Tests.Nodes;

/// <summary>
/// The contracts as a program of their own (docs/adr/0057): as it is built here, or as it is published where
/// TURNSTONE_TEST_NODE names it.
/// </summary>
public sealed class SmallNodeTests : IDisposable
{
    private const string Callback = "http://127.0.0.1:8500/callback";

    private readonly string folder = ServerProcess.NewFolder();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static string Program { get; } =
        SmallNode.Program
        ?? Path.Combine(
            Repository.Root,
            "src",
            "Turnstone.Node",
            "bin",
            Path.GetRelativePath(
                Path.Combine(Repository.Root, "tests", "Turnstone.Server.Tests", "bin"),
                AppContext.BaseDirectory
            ),
            "turnstone-contracts"
        );

    public void Dispose() => System.IO.Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Over_an_embedded_store_it_serves_alone_what_was_applied()
    {
        await ApplyAsync();
        await using var node = await StartAsync();
        await AssertServesAsync(node.Http, node.Http, await CodeAsync());
        Assert.Equal(0, await node.StopAsync());
    }

    [Fact]
    public async Task Over_PostgreSQL_it_stands_beside_whole_servers_and_each_refreshes_what_the_other_has_opened()
    {
        await using var postgres = new PostgresServer();
        var database = await postgres.CreateDatabaseAsync();
        try
        {
            var settings = Settings(
                ("ConnectionStrings:Turnstone", database),
                ("Turnstone:MasterKey", "c2FtZSBrZXkgb24gZXZlcnkgbm9kZSwgMzIgYnl0ZXM=")
            );
            await ApplyAsync(settings);
            await using var node = await StartAsync(settings);
            await using var whole = await InProcess.ServeAsync(settings: settings);
            await AssertServesAsync(node.Http, whole.Http, await CodeAsync(settings));
            await AssertServesAsync(whole.Http, node.Http, await CodeAsync(settings));
            Assert.Equal(0, await node.StopAsync());
        }
        finally
        {
            await postgres.DropDatabaseAsync(database);
        }
    }

    [Fact]
    public async Task It_publishes_what_whole_servers_publish()
    {
        await ServerProcess.InitAsync(folder);
        await using var whole = await InProcess.ServeAsync(folder);
        await using var node = await StartAsync();
        foreach (
            var path in new[]
            {
                "/.well-known/openid-configuration",
                "/.well-known/oauth-authorization-server",
                "/.well-known/jwks.json",
                "/health/live",
                "/health/ready",
            }
        )
        {
            Assert.Equal(await TextAsync(whole.Http, path), await TextAsync(node.Http, path));
        }
    }

    [Fact]
    public async Task It_has_no_page()
    {
        await ServerProcess.InitAsync(folder);
        await using var node = await StartAsync();
        foreach (var path in new[] { "/", "/portal", "/portal/sign-in", "/oauth2/authorize", "/reference", "/none" })
        {
            using var answer = await node.Http.GetAsync(new Uri(path, UriKind.Relative), Cancel);
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
            Assert.Contains("no such path", await answer.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Metrics_are_served_where_the_settings_say()
    {
        await ServerProcess.InitAsync(folder);
        var port = Programs.FreePort();
        await using var node = await StartAsync(Settings(("Turnstone:Telemetry:Metrics", $"http://127.0.0.1:{port}")));
        using var answer = await node.Http.GetAsync(new Uri($"http://127.0.0.1:{port}/metrics"), Cancel);
        Assert.Contains("process_", await answer.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_provisioning_file_is_left_to_whole_servers_and_it_says_so()
    {
        await ServerProcess.InitAsync(folder);
        var file = await ProvisioningText.WriteAsync(folder);
        await using var node = await StartAsync(Settings(("Turnstone:Provision", file)));
        Assert.Contains("applies no provisioning file", node.Output, StringComparison.Ordinal);
        using var login = await LoginV3Async(node.Http);
        Assert.Equal(HttpStatusCode.Unauthorized, login.StatusCode);
    }

    [Theory]
    [InlineData(2, "There is no command \"init\" here", "init")]
    [InlineData(2, "There is no command \"--portal\" here", "serve", "--portal")]
    [InlineData(69, "There is no store at", "serve", "--environment=Production", "--Turnstone:Issuer=https://a.test")]
    [InlineData(78, "Turnstone:Isuer", "--Turnstone:Isuer=https://id.example.test")]
    [InlineData(78, "is on the command line", "--Turnstone:MasterKey=c2VjcmV0")]
    public async Task What_it_cannot_do_it_says_in_a_sentence(int code, string sentence, params string[] words)
    {
        var ended = await ServerProcess.RunAsync(folder, null, In, words);
        Assert.Equal(code, ended.ExitCode);
        Assert.Contains("turnstone-contracts: ", ended.Error, StringComparison.Ordinal);
        Assert.Contains(sentence, ended.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", ended.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("c2VjcmV0", ended.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--help", "turnstone-contracts [serve]")]
    [InlineData("--version", "0.")]
    public async Task It_says_what_it_is(string word, string part)
    {
        var ended = await ServerProcess.RunAsync(folder, null, In, word);
        Assert.Equal((0, ""), (ended.ExitCode, ended.Error));
        Assert.Contains(part, ended.Output, StringComparison.Ordinal);
    }

    private static string[] In(string[] words) => [Program, .. words[1..]];

    private async Task<ServerProcess> StartAsync(IReadOnlyDictionary<string, string>? settings = null) =>
        await ServerProcess.StartAsync(settings ?? Settings(), folder, In);

    private static Dictionary<string, string> Settings(params (string Name, string Value)[] more) =>
        more.ToDictionary(pair => pair.Name, pair => pair.Value);

    private async Task ApplyAsync(IReadOnlyDictionary<string, string>? settings = null)
    {
        await ServerProcess.InitAsync(folder, settings);
        var file = await ProvisioningText.WriteAsync(folder);
        var applied = await InProcess.RunAsync(folder, settings, "apply", file);
        Assert.True(applied.ExitCode == 0, applied.Error);
    }

    private async Task<string> CodeAsync(IReadOnlyDictionary<string, string>? settings = null)
    {
        string[] words = ["--account", ProvisioningText.Email, "--client", "shop", "--redirect-uri", Callback];
        var code = await InProcess.RunAsync(folder, settings, ["code", "--contract", "oauth-v1", .. words]);
        Assert.True(code.ExitCode == 0, code.Error);
        return code.Output.Trim();
    }

    /// <summary>Every contract: a session is opened here and refreshed there; a revoked token is refused.</summary>
    private static async Task AssertServesAsync(HttpClient here, HttpClient there, string code)
    {
        using var login = await SendAsync(
            here,
            "/auth/v2/login",
            JsonContent.Create(new { username = ProvisioningText.Email, password = ProvisioningText.Password })
        );
        var opened = await BodyAsync(login);
        using var refresh = await SendAsync(
            there,
            "/auth/v2/refresh",
            JsonContent.Create(new { token = (string)opened["refresh"]!["token"]! })
        );
        var refreshed = await BodyAsync(refresh);

        // The first contract of the family refreshes what the second has opened.
        using var older = await SendAsync(
            here,
            "/auth/v1/refresh-token",
            JsonContent.Create(new { refresh_token = (string)refreshed["refresh"]!["token"]! })
        );
        Assert.NotNull((string?)(await BodyAsync(older))["authorization"]?["token"]);

        using var session = await LoginV3Async(here);
        var pair = await BodyAsync(session);
        using var individuals = await GetAsync(there, "/v3/individuals", (string)pair["access_token"]!);
        Assert.Equal(HttpStatusCode.OK, individuals.StatusCode);

        using var company = await SendAsync(
            here,
            "/v1/oauth/token/company",
            JsonContent.Create(
                new
                {
                    grant_type = "authorization_code",
                    code,
                    redirect_uri = Callback,
                    client_id = "shop",
                    client_secret = ProvisioningText.ClientSecret,
                }
            )
        );
        Assert.NotNull((string?)(await BodyAsync(company))["access_token"]);

        using var token = await SendAsync(here, "/oauth2/token", Form(("grant_type", "client_credentials")), Client);
        var access = (string)(await BodyAsync(token))["access_token"]!;
        Assert.True(await IsActiveAsync(there, access));
        using var revoked = await SendAsync(there, "/oauth2/revoke", Form(("token", access)), Client);
        Assert.Equal(HttpStatusCode.OK, revoked.StatusCode);
        Assert.False(await IsActiveAsync(there, access));
    }

    private static async Task<bool> IsActiveAsync(HttpClient http, string access)
    {
        using var answer = await SendAsync(http, "/oauth2/introspect", Form(("token", access)), Client);
        return (bool)(await BodyAsync(answer))["active"]!;
    }

    private static Task<HttpResponseMessage> LoginV3Async(HttpClient http) =>
        SendAsync(http, "/v3/auth/login", JsonContent.Create(new { api_key = ProvisioningText.ApiKey }));

    private static AuthenticationHeaderValue Client =>
        new(
            "Basic",
            Convert.ToBase64String(
                Encoding.UTF8.GetBytes($"shop:{Uri.EscapeDataString(ProvisioningText.ClientSecret)}")
            )
        );

    private static FormUrlEncodedContent Form(params (string Name, string Value)[] fields) =>
        new(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));

    private static async Task<HttpResponseMessage> SendAsync(
        HttpClient http,
        string path,
        HttpContent body,
        AuthenticationHeaderValue? client = null
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = body };
        request.Headers.Authorization = client;
        request.Headers.Add("Subscription-Key", ProvisioningText.SubscriptionKey);
        return await http.SendAsync(request, Cancel);
    }

    private static async Task<HttpResponseMessage> GetAsync(HttpClient http, string path, string access)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = new("Bearer", access);
        return await http.SendAsync(request, Cancel);
    }

    private static async Task<string> TextAsync(HttpClient http, string path)
    {
        using var answer = await http.GetAsync(new Uri(path, UriKind.Relative), Cancel);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return $"{answer.Content.Headers} {await answer.Content.ReadAsStringAsync(Cancel)}";
    }

    private static async Task<JsonNode> BodyAsync(HttpResponseMessage answer) =>
        JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancel))!;
}
