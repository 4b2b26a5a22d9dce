using System.Net;
using System.Text.Json.Nodes;
using Turnstone.Nodes.Cluster;
using Turnstone.Server.Operations;
using Turnstone.Server.Tests.Contracts;
using Turnstone.Server.Tests.Portal;
using PostgresServer = Turnstone.Testing.PostgresServer;

namespace Turnstone.Server.Tests.Operations;

/// <summary>The commands that list, disable, enable, revoke, erase and search.</summary>
public sealed class DirectoryCommandTests : IAsyncLifetime
{
    private readonly string folder = ServerProcess.NewFolder();

    [Fact]
    public async Task A_disabled_account_opens_nothing_until_it_is_enabled()
    {
        await using var server = await InProcess.ServeAsync(folder);
        Assert.True((bool)(await JsonAsync("account", "disable", ProvisioningText.Email))["changed"]!);
        Assert.False((bool)(await JsonAsync("account", "disable", ProvisioningText.Email))["changed"]!);
        using var refused = await server.Http.LoginV3Async(ProvisioningText.ApiKey);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);

        Assert.True((bool)(await JsonAsync("account", "enable", ProvisioningText.Email))["changed"]!);
        await OpensAsync(server, HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_key_is_listed_without_its_text_and_revoked()
    {
        await using var server = await InProcess.ServeAsync(folder);
        var key = Assert.Single((await JsonAsync("api-key", "list", "--account", ProvisioningText.Email)).AsArray())!;
        Assert.Equal("Active", (string?)key["state"]);

        Assert.True((bool)(await JsonAsync("api-key", "revoke", (string)key["id"]!))["changed"]!);

        await OpensAsync(server, HttpStatusCode.Unauthorized);
        Assert.False((bool)(await JsonAsync("api-key", "revoke", (string)key["id"]!))["changed"]!);
    }

    [Fact]
    public async Task A_link_sets_a_lost_password_once()
    {
        const string Chosen = "another correct horse battery";
        await using var server = await InProcess.ServeAsync(folder);
        var link = new Uri((await RunAsync("account", "link", ProvisioningText.Email)).Output.Trim());
        using var visitor = new Visitor(server.Http.BaseAddress!);

        using var set = await visitor.SendAsync(link.PathAndQuery, form: null, ("Password", Chosen));
        using var again = await visitor.SendAsync(link.PathAndQuery, form: null, ("Password", $"{Chosen} again"));

        Assert.Equal((HttpStatusCode.Redirect, HttpStatusCode.OK), (set.StatusCode, again.StatusCode));
        using var login = await server.Http.LoginV2Async(ProvisioningText.Email, Chosen);
        Assert.Equal(HttpStatusCode.Created, login.StatusCode);
        Assert.Equal(ExitCode.NothingDone, (await RunAsync("account", "link", "nobody@example.test")).ExitCode);
    }

    [Fact]
    public async Task Lists_and_the_audit_show_no_secret()
    {
        await using var server = await InProcess.ServeAsync(folder);
        using var login = await server.Http.LoginV2Async(ProvisioningText.Email, ProvisioningText.Password);
        string[][] lists =
        [
            ["account", "list"],
            ["client", "list"],
            ["product", "list"],
            ["api-key", "list", "--account", ProvisioningText.Email],
            ["session", "list", "--account", ProvisioningText.Email],
            ["audit", "--event", "Login", "--account", ProvisioningText.Email],
        ];
        foreach (var list in lists)
        {
            var text = await RunAsync(list);
            Assert.Equal(0, text.ExitCode);
            Assert.NotEmpty((await JsonAsync(list)).AsArray());
            Assert.DoesNotContain(
                ProvisioningText.GivenSecrets,
                secret => text.Output.Contains(secret, StringComparison.Ordinal)
            );
        }
    }

    [Fact]
    public async Task The_audit_and_the_sessions_say_who_uses_the_old_contract()
    {
        await using var server = await InProcess.ServeAsync(folder);
        using var newer = await server.Http.LoginV2Async(ProvisioningText.Email, ProvisioningText.Password);
        var code = (await RunAsync("code", "--account", ProvisioningText.Email)).Output.Trim();
        using var older = await server.Http.GetAsync(
            new Uri($"/auth/v1/token?code={code}", UriKind.Relative),
            TestContext.Current.CancellationToken
        );
        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.OK), (newer.StatusCode, older.StatusCode));

        string[] list = ["session", "list", "--account", ProvisioningText.Email];
        Assert.Equal(
            ["/auth/v1", "/auth/v2"],
            (await JsonAsync(list)).AsArray().Select(session => (string?)session!["openedThrough"])
        );
        Assert.Single((await JsonAsync([.. list, "--through", "/auth/v1"])).AsArray());
        var logins = (await JsonAsync("audit", "--event", "Login", "--contract", "/auth/v1")).AsArray();
        Assert.Equal("AuthV1", (string?)Assert.Single(logins)!["contract"]);
    }

    [Fact]
    public async Task A_suspended_subscription_opens_nothing_until_it_is_resumed()
    {
        await using var server = await ServerProcess.StartAsync(folder: folder);
        var id = (string)(await JsonAsync("subscription", "list", "--product", "starter"))[0]!["id"]!;
        Assert.True((bool)(await JsonAsync("subscription", "suspend", id))["changed"]!);
        Assert.False((bool)(await JsonAsync("subscription", "suspend", id))["changed"]!);
        var listed = await JsonAsync("subscription", "list", "--state", "Suspended");
        Assert.Equal("starter", (string?)Assert.Single(listed.AsArray())!["product"]);
        using var refused = await server.Http.LoginV2Async(ProvisioningText.Email, ProvisioningText.Password);
        Assert.NotEqual(HttpStatusCode.Created, refused.StatusCode);

        var resumed = await JsonAsync("subscription", "resume", "--account", ProvisioningText.Email);

        Assert.Equal(1, (int)resumed["changed"]!);
        await Until.HoldsAsync(
            async () =>
            {
                using var login = await server.Http.LoginV2Async(ProvisioningText.Email, ProvisioningText.Password);
                return login.StatusCode is HttpStatusCode.Created;
            },
            TimeSpan.FromSeconds(10),
            "its key opens a session again"
        );
    }

    [Fact]
    public async Task A_disabled_client_gets_no_token_until_it_is_enabled()
    {
        await using var server = await InProcess.ServeAsync(folder);
        await GetsAsync(server, HttpStatusCode.OK);
        Assert.True((bool)(await JsonAsync("client", "disable", "shop"))["changed"]!);
        Assert.NotNull(await DisabledAtAsync("shop"));
        await GetsAsync(server, HttpStatusCode.Unauthorized);
        Assert.True((bool)(await JsonAsync("client", "enable", "shop"))["changed"]!);
        Assert.Null(await DisabledAtAsync("shop"));
        await GetsAsync(server, HttpStatusCode.OK);
    }

    /// <summary>Each way of asking that docs/operations.md names, with what it finds and what it does not.</summary>
    [Fact]
    public async Task Lists_and_the_audit_are_narrowed_as_the_page_says()
    {
        await using var server = await InProcess.ServeAsync(folder);
        using var login = await server.Http.LoginV3Async(ProvisioningText.ApiKey);
        using var wrong = await server.Http.LoginV2Async(ProvisioningText.Email, "not the password");
        var key = (string)(await JsonAsync("api-key", "list", "--account", ProvisioningText.Email))[0]!["id"]!;

        Assert.Single((await JsonAsync("session", "list", "--api-key", key)).AsArray());
        Assert.Empty((await JsonAsync("session", "list", "--client", "shop")).AsArray());
        var newest = await JsonAsync("session", "list", "--account", ProvisioningText.Email, "--limit", "1");
        Assert.Single(newest.AsArray());

        Assert.Single((await JsonAsync("audit", "--event", "Login", "--limit", "1")).AsArray());
        Assert.Empty((await JsonAsync("audit", "--until", "2020-01-01")).AsArray());
        Assert.NotEmpty((await JsonAsync("audit", "--since", "2020-01-01")).AsArray());
        Assert.Empty((await JsonAsync("audit", "--client", "shop", "--event", "Login")).AsArray());
        var refused = (await JsonAsync("audit", "--refused")).AsArray();
        Assert.Equal("LoginFailed", (string?)Assert.Single(refused)!["event"]);

        Assert.Equal(1, (int)(await JsonAsync("subscription", "suspend", "--product", "starter"))["changed"]!);
        Assert.Equal(1, (int)(await JsonAsync("subscription", "resume", "--product", "starter"))["changed"]!);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_erased_account_is_gone_and_its_email_is_free(bool onPostgres)
    {
        await using var postgres = new PostgresServer();
        var settings = new Dictionary<string, string>();
        if (onPostgres)
        {
            settings["ConnectionStrings:Turnstone"] = await postgres.CreateDatabaseAsync();
            settings["Turnstone:MasterKey"] = "c2FtZSBrZXkgb24gZXZlcnkgbm9kZSwgMzIgYnl0ZXM=";
            await ServerProcess.InitAsync(folder, settings);
            await InProcess.RunAsync(folder, settings, "apply", Path.Combine(folder, "provision.json"));
        }

        var erased = await InProcess.RunAsync(folder, settings, "account", "erase", ProvisioningText.Email);

        Assert.Equal(0, erased.ExitCode);
        var list = await InProcess.RunAsync(folder, settings, "account", "list", "--json");
        Assert.Empty(JsonNode.Parse(list.Output)!.AsArray());
        var again = await InProcess.RunAsync(folder, settings, "account", "erase", erased.Output.Split(' ')[0]);
        Assert.Contains("already erased", again.Output, StringComparison.Ordinal);
        var file = await ProvisioningText.WriteAsync(
            folder,
            $$"""{ "accounts": [{ "email": "{{ProvisioningText.Email}}" }] }"""
        );
        Assert.Equal(0, (await InProcess.RunAsync(folder, settings, "apply", file)).ExitCode);
        if (onPostgres)
        {
            await postgres.DropDatabaseAsync(settings["ConnectionStrings:Turnstone"]);
        }
    }

    public async ValueTask InitializeAsync()
    {
        await ServerProcess.InitAsync(folder);
        Assert.Equal(0, (await RunAsync("apply", await ProvisioningText.WriteAsync(folder))).ExitCode);
    }

    public ValueTask DisposeAsync()
    {
        System.IO.Directory.Delete(folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    private Task<CommandResult> RunAsync(params string[] words) => InProcess.RunAsync(folder, null, words);

    private async Task<JsonNode> JsonAsync(params string[] words)
    {
        var ran = await RunAsync([.. words, "--json"]);
        Assert.True(ran.ExitCode == 0, ran.Error);
        return JsonNode.Parse(ran.Output)!;
    }

    private async Task<JsonNode?> DisabledAtAsync(string client) =>
        (await JsonAsync("client", "list")).AsArray().Single(one => (string?)one!["id"] == client)!["disabledAt"];

    private static Task<TimeSpan> GetsAsync(InProcess server, HttpStatusCode expected) =>
        Until.HoldsAsync(
            async () =>
            {
                using var token = await server.Http.OAuth2TokenAsync(
                    ("grant_type", "client_credentials"),
                    ("client_id", "shop"),
                    ("client_secret", ProvisioningText.ClientSecret)
                );
                return token.StatusCode == expected;
            },
            TimeSpan.FromSeconds(10),
            $"the client is answered {expected}"
        );

    private static Task<TimeSpan> OpensAsync(InProcess server, HttpStatusCode expected) =>
        Until.HoldsAsync(
            async () =>
            {
                using var login = await server.Http.LoginV3Async(ProvisioningText.ApiKey);
                return login.StatusCode == expected;
            },
            TimeSpan.FromSeconds(10),
            $"the API key is answered {expected}"
        );
}
