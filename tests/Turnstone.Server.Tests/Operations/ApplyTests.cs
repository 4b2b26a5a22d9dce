using System.Text.Json.Nodes;

namespace Turnstone.Server.Tests.Operations;

public sealed class ApplyTests : IAsyncLifetime
{
    private readonly ApplyFolder folder = new();

    [Fact]
    public async Task Applying_creates_everything_and_applying_again_changes_nothing()
    {
        var first = await folder.ApplyAsync(ProvisioningText.Text);
        Assert.Equal(0, first.ExitCode);
        Assert.Equal(6, Changes(first).Count);
        Assert.All(Changes(first), change => Assert.Equal("created", (string)change!["action"]!));

        var before = await folder.AuditAsync();
        var second = await folder.ApplyAsync(ProvisioningText.Text);
        Assert.Equal(0, second.ExitCode);
        Assert.Empty(Changes(second));
        Assert.Equal(before, await folder.AuditAsync());
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"products":[{"name":"x"}]}""")]
    [InlineData("""{"accounts":[{"email":"ada@example.test","password":"a password that was given"}]}""")]
    [InlineData("""{"clients":[{"clientId":"shop","clientSecret":"a client secret that was given"}]}""")]
    public async Task A_list_that_is_left_out_is_no_mistake(string text)
    {
        var applied = await folder.ApplyAsync(text);
        Assert.DoesNotContain("Exception", applied.Output + applied.Error, StringComparison.Ordinal);
        Assert.True(
            applied.ExitCode == 0 || applied.Error.Contains("clients[0]", StringComparison.Ordinal),
            applied.Error
        );
    }

    [Fact]
    public async Task A_secret_that_was_given_is_never_printed_nor_stored_readable()
    {
        var applied = await folder.ApplyAsync(ProvisioningText.Text, json: false);
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
        var minted = Changes(await folder.ApplyAsync(text))
            .SelectMany(change => change!["minted"]!.AsObject())
            .ToDictionary(pair => pair.Key, pair => (string)pair.Value!);
        Assert.Equal(
            ["clientSecret", "key", "password", "primaryKey", "secondaryKey"],
            minted.Keys.Order(StringComparer.Ordinal)
        );
        var second = await folder.ApplyAsync(text);
        Assert.Empty(Changes(second));
        Assert.DoesNotContain(minted.Values, secret => second.Output.Contains(secret, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_change_in_the_file_changes_just_that()
    {
        await folder.ApplyAsync(ProvisioningText.Text);
        var changed = Changes(
            await folder.ApplyAsync(
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
    public async Task A_client_belongs_to_the_account_that_the_file_names_and_without_the_member_it_stays()
    {
        await folder.ApplyAsync(ProvisioningText.Text);
        const string Owned = """{"clients":[{"clientId":"shop","owner":"ADA@example.test"}]}""";
        var owned = Assert.Single(Changes(await folder.ApplyAsync(Owned)));
        Assert.Equal(("client", "owner"), ((string)owned!["kind"]!, (string)owned["detail"]!));
        Assert.Empty(Changes(await folder.ApplyAsync(Owned)));
        Assert.Empty(Changes(await folder.ApplyAsync("""{"clients":[{"clientId":"shop"}]}""")));

        const string Both = """
            {"accounts":[{"email":"ben@example.test"}],
             "clients":[{"clientId":"new","owner":"ben@example.test"},{"clientId":"shop","owner":"ben@example.test"}]}
            """;
        Assert.Equal(3, Changes(await folder.ApplyAsync(Both)).Count);
        Assert.Empty(Changes(await folder.ApplyAsync(Both)));
    }

    [Fact]
    public async Task The_scopes_of_a_product_are_those_of_the_file_and_without_the_member_they_stay()
    {
        await folder.ApplyAsync(ProvisioningText.Text);
        var narrowed = Changes(await folder.ApplyAsync("""{"products":[{"name":"starter","scopes":[]}]}"""));
        Assert.Equal(("product", "scopes none"), ((string)narrowed[0]!["kind"]!, (string)narrowed[0]!["detail"]!));
        Assert.Empty(Changes(await folder.ApplyAsync("""{"products":[{"name":"starter"}]}""")));
        var widened = Changes(
            await folder.ApplyAsync("""{"products":[{"name":"starter","scopes":["openid","email"]}]}""")
        );
        Assert.Equal("scopes openid email", (string)Assert.Single(widened)!["detail"]!);
    }

    [Fact]
    public async Task An_API_is_changed_in_what_the_file_names_and_its_identifier_never()
    {
        await folder.ApplyAsync(ProvisioningText.Text);
        var changed = Changes(
            await folder.ApplyAsync("""{"apis":[{"id":"orders","name":"All orders","accessTokenSeconds":60}]}""")
        );
        Assert.Equal(
            ("API", "name All orders, access tokens 60 s"),
            ((string)Assert.Single(changed)!["kind"]!, (string)changed[0]!["detail"]!)
        );
        Assert.Empty(Changes(await folder.ApplyAsync("""{"apis":[{"id":"orders"}]}""")));

        var moved = await folder.ApplyAsync("""{"apis":[{"id":"orders","identifier":"https://new.example.test"}]}""");
        Assert.Equal(65, moved.ExitCode);
        Assert.Contains("$.apis[0].identifier: it never changes", moved.Error, StringComparison.Ordinal);

        var another = await folder.ApplyAsync(
            """{"apis":[{"id":"more","identifier":"https://orders.example.test"}]}"""
        );
        Assert.Equal(65, another.ExitCode);
        Assert.Contains("$.apis[0].identifier: another API has it", another.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_of_another_account_is_refused()
    {
        await folder.ApplyAsync(ProvisioningText.Text);
        var refused = await folder.ApplyAsync(
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
            (await InProcess.RunAsync(folder.Path, null, "apply", "missing.json")).Error,
            StringComparison.Ordinal
        );

    public ValueTask InitializeAsync() => folder.InitializeAsync();

    public ValueTask DisposeAsync() => folder.DisposeAsync();

    private static JsonArray Changes(CommandResult result) => JsonNode.Parse(result.Output)!["changes"]!.AsArray();

    private async Task<string> StoredAsync()
    {
        var text = new System.Text.StringBuilder();
        foreach (var file in System.IO.Directory.GetFiles(Path.Combine(folder.Path, "data")))
        {
            text.Append(System.Text.Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file)));
        }

        return text.ToString();
    }
}
