using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Nodes.Cluster;
using Turnstone.Server.Tests.Contracts;
using PostgresServer = Turnstone.Testing.PostgresServer;

namespace Turnstone.Server.Tests.Operations;

/// <summary>The operator ends everything that opens sessions, beside a running server.</summary>
public sealed class RevokeCredentialsTests : IAsyncLifetime
{
    private const string Callback = "http://127.0.0.1:8500/callback";
    private const string MasterKey = "c2FtZSBrZXkgb24gZXZlcnkgbm9kZSwgMzIgYnl0ZXM=";

    private readonly string folder = ServerProcess.NewFolder();
    private readonly PostgresServer postgres = new();
    private readonly Dictionary<string, string> settings = [];
    private string? database;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_credentials_of_an_account_open_nothing_any_more(bool onPostgres)
    {
        await using var server = await StartAsync(onPostgres);
        using var login = await server.Http.LoginV3Async(ProvisioningText.ApiKey);
        Assert.Equal(HttpStatusCode.OK, login.StatusCode);
        using var withSubscription = await server.Http.LoginV2Async(ProvisioningText.Email, ProvisioningText.Password);
        var refresh = await withSubscription.RefreshOfSetAsync();

        var preview = await JsonAsync("--account", ProvisioningText.Email, "--preview");
        using var stillThere = await server.Http.LoginV3Async(ProvisioningText.ApiKey);
        var ended = await JsonAsync("--account", ProvisioningText.Email, "--reason", "laptop lost");

        Assert.Equal(HttpStatusCode.OK, stillThere.StatusCode);
        Assert.Equal(((int)preview["ended"]! + 1, 1, 1), Counts(ended));
        Assert.True((bool)preview["preview"]!);
        using var refreshed = await server.Http.RefreshV2Async(refresh);
        Assert.NotEqual(HttpStatusCode.OK, refreshed.StatusCode);
        using var refused = await server.Http.LoginV3Async(ProvisioningText.ApiKey);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
    }

    [Fact]
    public async Task With_keep_credentials_a_key_opens_the_next_session()
    {
        await using var server = await StartAsync(onPostgres: false);
        using var login = await server.Http.LoginV3Async(ProvisioningText.ApiKey);

        var ended = await JsonAsync("--account", ProvisioningText.Email, "--keep-credentials");

        Assert.Equal((1, 0, 0), Counts(ended));
        Assert.Equal(1, (int)ended["accounts"]!);
        using var again = await server.Http.LoginV3Async(ProvisioningText.ApiKey);
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
    }

    [Theory]
    [InlineData("--client", "shop")]
    [InlineData("--everyone", "--reason", "test")]
    public async Task A_client_gets_no_token_with_its_secret(params string[] words)
    {
        await using var server = await StartAsync(onPostgres: false);
        Assert.Equal(HttpStatusCode.OK, await ProgramAsync(server));

        Assert.Equal(1, (int)(await JsonAsync(words))["clients"]!);

        await Until.HoldsAsync(
            async () => await ProgramAsync(server) == HttpStatusCode.Unauthorized,
            TimeSpan.FromSeconds(10),
            "the secret is refused"
        );
    }

    [Theory]
    [InlineData("--client", "shop")]
    [InlineData("--client", "shop", "--keep-credentials")]
    public async Task The_sessions_of_a_client_end_with_it(params string[] words)
    {
        await using var server = await StartAsync(onPostgres: false);
        var minted = await InProcess.RunAsync(
            folder,
            settings,
            ["code", "--account", ProvisioningText.Email, "--client", "shop", "--redirect-uri", Callback]
        );
        using var opened = await TokenAsync(
            server,
            ("grant_type", "authorization_code"),
            ("code", minted.Output.Trim()),
            ("redirect_uri", Callback)
        );
        Assert.Equal(HttpStatusCode.OK, opened.StatusCode);
        var pair = await opened.JsonAsync();
        var access = pair.GetProperty("access_token").GetString()!;
        using var ofAnother = await server.Http.LoginV2Async(ProvisioningText.Email, ProvisioningText.Password);

        Assert.Equal(1, (int)(await JsonAsync(words))["ended"]!);

        using var refreshed = await TokenAsync(
            server,
            ("grant_type", "refresh_token"),
            ("refresh_token", pair.GetProperty("refresh_token").GetString()!)
        );
        Assert.False(refreshed.IsSuccessStatusCode);
        await Until.HoldsAsync(
            async () => await ValidatedAsync(server, access) == HttpStatusCode.Unauthorized,
            TimeSpan.FromSeconds(10),
            "the access token is refused"
        );
        using var goesOn = await server.Http.RefreshV2Async(await ofAnother.RefreshOfSetAsync());
        Assert.Equal(HttpStatusCode.Created, goesOn.StatusCode);
    }

    [Theory]
    [InlineData("--product", "starter")]
    [InlineData("--everyone", "--reason", "test")]
    public async Task What_was_opened_with_a_subscription_ends_with_it(params string[] words)
    {
        await using var server = await StartAsync(onPostgres: false);
        using var login = await server.Http.LoginV2Async(ProvisioningText.Email, ProvisioningText.Password);
        var set = await login.JsonAsync();
        var access = set.GetProperty("authorization").GetProperty("token").GetString()!;
        var refresh = set.GetProperty("refresh").GetProperty("token").GetString()!;
        Assert.Equal(HttpStatusCode.OK, await ValidatedAsync(server, access));
        using var byKey = await server.Http.LoginV3Async(ProvisioningText.ApiKey);
        var all = words[0] == "--everyone";

        var preview = await JsonAsync([.. words, "--preview"]);
        var ended = await JsonAsync(words);
        var after = await JsonAsync([.. words, "--preview"]);

        Assert.Equal((all ? 2 : 1, all ? 1 : 0, 1), Counts(preview));
        Assert.False((bool)preview["more"]!);
        Assert.Equal((0, 0, 0), Counts(after));
        Assert.Equal(1, (int)ended["subscriptions"]!);
        using var refreshed = await server.Http.RefreshV2Async(refresh);
        Assert.NotEqual(HttpStatusCode.OK, refreshed.StatusCode);
        await Until.HoldsAsync(
            async () => await ValidatedAsync(server, access) == HttpStatusCode.Unauthorized,
            TimeSpan.FromSeconds(10),
            "the access token is refused"
        );
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_thousand_accounts_end_in_seconds_and_those_that_are_not_there_are_named(bool onPostgres)
    {
        const int Accounts = 1000;
        await InitAsync(onPostgres);
        var emails = Enumerable.Range(0, Accounts).Select(i => $"user{i}@example.test").ToList();
        await GivenAccountsAsync(emails);
        var list = Path.Combine(folder, "emails.txt");
        await File.WriteAllLinesAsync(
            list,
            [.. emails, "", "nobody@example.test"],
            TestContext.Current.CancellationToken
        );

        var clock = Stopwatch.StartNew();
        var ended = await InProcess.RunAsync(folder, settings, "revoke", "--accounts-from", list, "--json");

        TestContext.Current.TestOutputHelper?.WriteLine($"{clock.Elapsed.TotalSeconds:N1} s");
        Assert.Equal(4, ended.ExitCode);
        var told = JsonNode.Parse(ended.Output)!;
        Assert.Equal((Accounts, Accounts), ((int)told["accounts"]!, (int)told["apiKeys"]!));
        Assert.Equal("nobody@example.test", (string?)Assert.Single(told["unknown"]!.AsArray()));
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(30), $"{clock.Elapsed}");
    }

    [Fact]
    public async Task A_product_has_no_sessions_without_its_subscriptions() =>
        Assert.Equal(
            2,
            (await InProcess.RunAsync(folder, null, "revoke", "--product", "a", "--keep-credentials")).ExitCode
        );

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (database is not null)
        {
            await postgres.DropDatabaseAsync(database);
        }

        await postgres.DisposeAsync();
        System.IO.Directory.Delete(folder, recursive: true);
    }

    private static async Task<HttpStatusCode> ValidatedAsync(InProcess server, string access)
    {
        using var answer = await server.Http.WithBearerAsync(HttpMethod.Post, "/auth/v1/validate-token", access);
        return answer.StatusCode;
    }

    private async Task<InProcess> StartAsync(bool onPostgres)
    {
        await InitAsync(onPostgres);
        settings["Turnstone:Provision"] = await ProvisioningText.WriteAsync(folder);
        return await InProcess.ServeAsync(folder, settings);
    }

    private async Task InitAsync(bool onPostgres)
    {
        if (onPostgres)
        {
            database = await postgres.CreateDatabaseAsync();
            settings["ConnectionStrings:Turnstone"] = database;
            settings["Turnstone:MasterKey"] = MasterKey;
        }

        await ServerProcess.InitAsync(folder, settings);
    }

    private async Task GivenAccountsAsync(IEnumerable<string> emails)
    {
        var cancel = TestContext.Current.CancellationToken;
        var (random, now) = (RandomSource.System, TimeProvider.System.GetUtcNow());
        await using var store = Storage.Store.Open(
            new Storage.StoreOptions
            {
                ConnectionString = database ?? $"Data Source={Path.Combine(folder, "data", "turnstone.db")}",
            },
            TimeProvider.System,
            random
        );
        await Parallel.ForEachAsync(
            emails,
            cancel,
            async (email, stop) =>
            {
                var account = NewAccount.For(email, random, now);
                await store.Accounts.CreateAsync(account, Entry(AuditEvent.AccountCreated), stop);
                var key = new ApiKey
                {
                    Id = random.NewId(now),
                    AccountId = account.Id,
                    Name = "ci",
                    Hash = random.Bytes(32),
                    Hint = "",
                    CreatedAt = now,
                    FreezesAt = now.AddDays(90),
                };
                await store.ApiKeys.SaveAsync(key, Entry(AuditEvent.ApiKeyCreated), stop);
            }
        );

        AuditEntry Entry(AuditEvent what) =>
            new()
            {
                Event = what,
                At = now,
                Caller = Caller.Operator,
            };
    }

    private async Task<JsonNode> JsonAsync(params string[] words)
    {
        var ran = await InProcess.RunAsync(folder, settings, ["revoke", .. words, "--json"]);
        Assert.Equal(0, ran.ExitCode);
        return JsonNode.Parse(ran.Output)!;
    }

    private static (int Sessions, int Keys, int Subscriptions) Counts(JsonNode told) =>
        ((int)told["ended"]!, (int)told["apiKeys"]!, (int)told["subscriptions"]!);

    private static async Task<HttpStatusCode> ProgramAsync(InProcess server)
    {
        using var answer = await TokenAsync(server, ("grant_type", "client_credentials"));
        return answer.StatusCode;
    }

    private static Task<HttpResponseMessage> TokenAsync(InProcess server, params (string, string)[] form) =>
        server.Http.OAuth2TokenAsync([
            .. form,
            ("client_id", "shop"),
            ("client_secret", ProvisioningText.ClientSecret),
        ]);
}
