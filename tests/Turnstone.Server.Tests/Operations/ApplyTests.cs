using System.Text.Json.Nodes;
using Turnstone.Audit;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Storage;

namespace Turnstone.Server.Tests.Operations;

public sealed class ApplyTests : IDisposable
{
    private readonly string folder = ServerProcess.NewFolder();

    [Fact]
    public async Task Applying_creates_everything_and_applying_again_changes_nothing()
    {
        var first = await ApplyAsync(ProvisioningText.Text);
        Assert.Equal(0, first.ExitCode);
        Assert.Equal(5, Changes(first).Count);
        Assert.All(Changes(first), change => Assert.Equal("created", (string)change!["action"]!));

        var before = await AuditAsync();
        var second = await ApplyAsync(ProvisioningText.Text);
        Assert.Equal(0, second.ExitCode);
        Assert.Empty(Changes(second));
        Assert.Equal(before, await AuditAsync());
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"products":[{"name":"x"}]}""")]
    [InlineData("""{"accounts":[{"email":"ada@example.test","password":"a password that was given"}]}""")]
    [InlineData("""{"clients":[{"clientId":"shop","clientSecret":"a client secret that was given"}]}""")]
    public async Task A_list_that_is_left_out_is_no_mistake(string text)
    {
        var applied = await ApplyAsync(text);
        Assert.DoesNotContain("Exception", applied.Output + applied.Error, StringComparison.Ordinal);
        Assert.True(
            applied.ExitCode == 0 || applied.Error.Contains("clients[0]", StringComparison.Ordinal),
            applied.Error
        );
    }

    [Fact]
    public async Task A_secret_that_was_given_is_never_printed_nor_stored_readable()
    {
        var applied = await ApplyAsync(ProvisioningText.Text, json: false);
        var stored = await StoredAsync();
        Assert.All(
            ProvisioningText.GivenSecrets,
            secret =>
            {
                Assert.DoesNotContain(secret, applied.Output + applied.Error, StringComparison.Ordinal);
                Assert.DoesNotContain(secret, stored, StringComparison.Ordinal);
            }
        );
    }

    [Fact]
    public async Task Secrets_that_are_not_given_are_minted_and_printed_once()
    {
        const string text = """
            {"products":[{"name":"p"}],
             "accounts":[{"email":"b@example.test","subscriptions":[{"product":"p"}],"apiKeys":[{"name":"k"}]}],
             "clients":[{"clientId":"c"}]}
            """;
        var minted = Changes(await ApplyAsync(text))
            .SelectMany(change => change!["minted"]!.AsObject())
            .ToDictionary(pair => pair.Key, pair => (string)pair.Value!);
        Assert.Equal(
            ["clientSecret", "key", "password", "primaryKey", "secondaryKey"],
            minted.Keys.Order(StringComparer.Ordinal)
        );
        var second = await ApplyAsync(text);
        Assert.Empty(Changes(second));
        Assert.DoesNotContain(minted.Values, secret => second.Output.Contains(secret, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_change_in_the_file_changes_just_that()
    {
        await ApplyAsync(ProvisioningText.Text);
        var changed = Changes(
            await ApplyAsync(
                ProvisioningText
                    .Text.Replace("\"approvalRequired\": false", "\"approvalRequired\": true", StringComparison.Ordinal)
                    .Replace("\"state\": \"active\"", "\"state\": \"suspended\"", StringComparison.Ordinal)
                    .Replace("\"accessTokenSeconds\": 3600", "\"accessTokenSeconds\": 1800", StringComparison.Ordinal)
                    .Replace(ProvisioningText.ClientSecret, "another client secret", StringComparison.Ordinal)
                    .Replace(ProvisioningText.Password, "another password, long enough", StringComparison.Ordinal)
            )
        );
        Assert.Equal(
            ["product", "account", "subscription", "client"],
            changed.Select(change => (string)change!["kind"]!)
        );
        Assert.Equal("secret, accessTokenSeconds", (string)changed[3]!["detail"]!);
        Assert.Equal("Active to Suspended", (string)changed[2]!["detail"]!);
        Assert.All(changed, change => Assert.Empty(change!["minted"]!.AsObject()));
    }

    [Fact]
    public async Task The_scopes_of_a_product_are_those_of_the_file_and_without_the_member_they_stay()
    {
        await ApplyAsync(ProvisioningText.Text);
        var narrowed = Changes(await ApplyAsync("""{"products":[{"name":"starter","scopes":[]}]}"""));
        Assert.Equal(("product", "scopes none"), ((string)narrowed[0]!["kind"]!, (string)narrowed[0]!["detail"]!));
        Assert.Empty(Changes(await ApplyAsync("""{"products":[{"name":"starter"}]}""")));
        var widened = Changes(await ApplyAsync("""{"products":[{"name":"starter","scopes":["openid","email"]}]}"""));
        Assert.Equal("scopes openid email", (string)Assert.Single(widened)!["detail"]!);
    }

    [Theory]
    [InlineData(
        "$.products[0].scopes: individual.read is no scope of this server; add it to Turnstone:Scopes",
        "false, \"scopes\": [\"individuals.read\"]",
        "false, \"scopes\": [\"individual.read\"]"
    )]
    [InlineData(
        "$.products[0].scopes[0]: a scope",
        "false, \"scopes\": [\"individuals.read\"]",
        "false, \"scopes\": [\"a b\"]"
    )]
    [InlineData("$.accounts[0].pasword: this member is not known", "\"password\"", "\"pasword\"")]
    [InlineData("$.accounts[0].email: this is not an email", "ada@example.test", "ada")]
    [InlineData("$.accounts[0].password: give 12", ProvisioningText.Password, "short")]
    [InlineData(
        "$.accounts[0].subscriptions[0].primaryKey: a subscription key has exactly 32",
        ProvisioningText.SubscriptionKey,
        "0123"
    )]
    [InlineData(
        "$.accounts[0].subscriptions[0].product: there is no product",
        "\"product\": \"starter\"",
        "\"product\": \"other\""
    )]
    [InlineData(
        "$.accounts[0].subscriptions[0].state: the value has the wrong type or is not one",
        "\"active\"",
        "\"awake\""
    )]
    [InlineData("$.accounts[0].apiKeys[0].expiresInDays: give 1", "90", "0")]
    [InlineData("$.accounts[0].apiKeys[0].scopes[0]: a scope", "[\"individuals.read\"]", "[\"two words\"]")]
    [InlineData(
        "$.clients[0].redirectUris[0]: give a complete URI",
        "http://127.0.0.1:8500/callback",
        "http://shop.example.test/callback"
    )]
    [InlineData(
        "$.clients[0].redirectUris[0]: give a complete URI",
        "http://127.0.0.1:8500/callback",
        "https://shop.example.test/*"
    )]
    [InlineData("$.clients[0].grantTypes[0]: give one of", "\"authorization_code\"", "\"password\"")]
    [InlineData("$.clients[0].tokenTypes[1]: give one of", "\"company\"", "\"firm\"")]
    [InlineData("$.clients[0].accessTokenSeconds: give 1 to 7776000", "3600", "7776001")]
    [InlineData("$.clients[0].accessTokenSeconds: the value has the wrong type", "3600", "\"long\"")]
    [InlineData("$.clients[0].clientSecret: a public client has no secret", "\"public\": false", "\"public\": true")]
    [InlineData("$.clients[0].clientId: give 1 to", "\"shop\"", "\"sh:op\"")]
    [InlineData("this is not valid JSON", "\"products\": [", "\"products: [")]
    [InlineData("the member occurs twice", "\"name\": \"Shop\"", "\"name\": \"Shop\", \"name\": \"Shop\"")]
    public async Task A_wrong_file_is_refused_with_the_place_of_the_mistake_and_nothing_is_changed(
        string sentence,
        string right,
        string wrong
    )
    {
        await ApplyAsync("{}");
        var before = await AuditAsync();
        var refused = await ApplyAsync(ProvisioningText.Text.Replace(right, wrong, StringComparison.Ordinal));
        Assert.Equal(65, refused.ExitCode);
        Assert.Contains(sentence, refused.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(
            ProvisioningText.GivenSecrets,
            secret => refused.Error.Contains(secret, StringComparison.Ordinal)
        );
        Assert.Equal(before, await AuditAsync());
    }

    [Fact]
    public async Task A_key_of_another_account_is_refused()
    {
        await ApplyAsync(ProvisioningText.Text);
        var refused = await ApplyAsync(
            ProvisioningText.Text.Replace(ProvisioningText.Email, "mallory@example.test", StringComparison.Ordinal)
        );
        Assert.Equal(65, refused.ExitCode);
        Assert.Contains("$.accounts[0].subscriptions[0]: one of these keys", refused.Error, StringComparison.Ordinal);
        Assert.Contains("$.accounts[0].apiKeys[0].key", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_not_there_is_said_so() =>
        Assert.Contains(
            "There is no such file",
            (await ServerProcess.RunAsync(folder, null, "apply", "missing.json")).Error,
            StringComparison.Ordinal
        );

    public void Dispose() => System.IO.Directory.Delete(folder, recursive: true);

    private async Task<CommandResult> ApplyAsync(string text, bool json = true)
    {
        var file = await ProvisioningText.WriteAsync(folder, text);
        return await ServerProcess.RunAsync(folder, null, json ? ["apply", file, "--json"] : ["apply", file]);
    }

    private static JsonArray Changes(CommandResult result) => JsonNode.Parse(result.Output)!["changes"]!.AsArray();

    private async Task<int> AuditAsync()
    {
        await using var store = Open();
        return (
            await store.Audit.ReadAsync(new Audit.AuditQuery { Limit = 1000 }, TestContext.Current.CancellationToken)
        ).Count;
    }

    private async Task<string> StoredAsync()
    {
        var text = new System.Text.StringBuilder();
        foreach (var file in System.IO.Directory.GetFiles(Path.Combine(folder, "data")))
        {
            text.Append(System.Text.Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file)));
        }

        return text.ToString();
    }

    private Storage.Store Open() =>
        Storage.Store.Open(
            new Storage.StoreOptions
            {
                ConnectionString = $"Data Source={Path.Combine(folder, "data", "turnstone.db")}",
            },
            TimeProvider.System,
            RandomSource.System
        );
}
