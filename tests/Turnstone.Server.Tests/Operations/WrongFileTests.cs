namespace Turnstone.Server.Tests.Operations;

/// <summary>Files that cannot be applied. They change nothing, so one store is enough for all of them.</summary>
public sealed class WrongFileTests(WrongFileTests.MadeStore store) : IClassFixture<WrongFileTests.MadeStore>
{
    private const string Named = "\"name\": \"Shop\"";
    private const string Method = "tokenEndpointAuthMethod";
    private const string Jwks =
        "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4\","
        + "\"y\":\"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM\"}]}";

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
    [InlineData("$.clients[0].owner: this is not an email", "\"Shop\"", "\"Shop\", \"owner\": \"ada\"")]
    [InlineData(
        "$.clients[0].owner: there is no account with this email",
        "\"Shop\"",
        "\"Shop\", \"owner\": \"nobody@example.test\""
    )]
    [InlineData("$.clients[0].clientId: give 1 to", "\"shop\"", "\"sh:op\"")]
    [InlineData("$.clients[0].jwks: private_key_jwt needs keys", Named, $"{Named}, \"{Method}\": \"private_key_jwt\"")]
    [InlineData(
        "$.clients[0].clientSecret: a client of private_key_jwt has no secret",
        Named,
        $"{Named}, \"{Method}\": \"private_key_jwt\""
    )]
    [InlineData("$.clients[0].jwks: only private_key_jwt has keys", Named, $"{Named}, \"jwks\": {Jwks}")]
    [InlineData("$.clients[0].jwks: give a JWK set with 1", Named, $"{Named}, \"jwks\": {{\"keys\": []}}")]
    [InlineData(
        "$.clients[0].jwks: key 0: this is a private",
        Named,
        $"{Named}, \"jwks\": {{\"keys\": [{{\"d\": \"AQ\"}}]}}"
    )]
    [InlineData(
        "$.clients[0].jwksUri: only private_key_jwt has keys",
        Named,
        $"{Named}, \"jwksUri\": \"https://a.example.test\""
    )]
    [InlineData(
        "$.clients[0].tokenEndpointAuthMethod: a public client has none",
        Named,
        $"{Named}, \"{Method}\": \"none\""
    )]
    [InlineData(
        "$.clients[0].tokenEndpointAuthMethod: the value has the wrong type or is not one",
        Named,
        $"{Named}, \"{Method}\": \"tls_client_auth\""
    )]
    [InlineData(
        "$.clients[0].tokenEndpointAuthMethod: fapi2 needs private_key_jwt",
        Named,
        $"{Named}, \"profile\": \"fapi2\""
    )]
    [InlineData(
        "$.clients[0].profile: the value has the wrong type or is not one",
        Named,
        $"{Named}, \"profile\": \"fapi3\""
    )]
    [InlineData(
        "$.clients[0].refreshTokenRotation: only tokens that are bound may stay",
        Named,
        $"{Named}, \"refreshTokenRotation\": false"
    )]
    [InlineData(
        "$.clients[0].origins: https://a.example.test/ is no origin",
        Named,
        $"{Named}, \"origins\": [\"https://a.example.test/\"]"
    )]
    [InlineData(
        "$.clients[0].origins: http://a.example.test is no origin",
        Named,
        $"{Named}, \"origins\": [\"http://a.example.test\"]"
    )]
    [InlineData(
        "$.clients[0].sector: https://a.example.test is no host",
        Named,
        $"{Named}, \"sector\": \"https://a.example.test\""
    )]
    [InlineData(
        "$.clients[0].sector: its redirect URIs have several hosts",
        "\"redirectUris\": [\"http://127.0.0.1:8500/callback\"]",
        "\"subjectType\": \"pairwise\", \"redirectUris\": [\"https://a.example.test/\", \"https://b.example.test/\"]"
    )]
    [InlineData("$.apis[0].id: give 1 to 40", "\"id\": \"orders\"", "\"id\": \"Orders\"")]
    [InlineData("$.apis[0].identifier: give an absolute URI", "https://orders.example.test", "orders")]
    [InlineData("$.apis[0].identifier: give an absolute URI", "https://orders.example.test", "https://a.test/#b")]
    [InlineData("$.apis[0].name: give a name", "\"name\": \"Orders\"", "\"name\": \"\"")]
    [InlineData("$.apis[0].scopes: two words is no name", "orders.read", "two words")]
    [InlineData("$.apis[0].scopes: email is about who signs in", "orders.read", "email")]
    [InlineData("$.apis[0].scopes: individuals.read is a scope of another API", "orders.read", "individuals.read")]
    [InlineData("$.apis[0].scopes: orders.read needs a sentence", ", \"de\": \"Bestellungen sehen\"", "")]
    [InlineData("$.apis[0].scopes: orders.read needs a sentence", "\"de\":", "\"fr\":")]
    [InlineData("$.apis[0].accessTokenSeconds: give 1 to", "\"accessTokenSeconds\": 300", "\"accessTokenSeconds\": 0")]
    [InlineData(
        "$.apis[0].introspectsAs: there is no client",
        "\"introspectsAs\": \"shop\"",
        "\"introspectsAs\": \"x\""
    )]
    [InlineData(
        "$.apis[0].signingAlgorithm: 7 is no algorithm",
        "300, \"signingAlgorithm\": \"RS256\"",
        "300, \"signingAlgorithm\": 7"
    )]
    [InlineData(
        "$.apis[0].signInLevel: 7 is no level",
        "\"offered\": true",
        "\"offered\": true, \"signInLevel\": 7"
    )]
    [InlineData(
        "$.clients[0].resources: there is no API https://nobody.example.test",
        Named,
        $"{Named}, \"resources\": [\"https://nobody.example.test\"]"
    )]
    [InlineData("$.apis[0].scops: this member is not known", "\"offered\"", "\"scops\"")]
    [InlineData("this is not valid JSON", "\"products\": [", "\"products: [")]
    [InlineData("the member occurs twice", "\"name\": \"Shop\"", "\"name\": \"Shop\", \"name\": \"Shop\"")]
    public async Task A_wrong_file_is_refused_with_the_place_of_the_mistake_and_nothing_is_changed(
        string sentence,
        string right,
        string wrong
    )
    {
        var before = await store.Folder.AuditAsync();
        var refused = await store.Folder.ApplyAsync(
            ProvisioningText.Text.Replace(right, wrong, StringComparison.Ordinal)
        );
        Assert.Equal(65, refused.ExitCode);
        Assert.Contains(sentence, refused.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(
            ProvisioningText.GivenSecrets,
            secret => refused.Error.Contains(secret, StringComparison.Ordinal)
        );
        Assert.Equal(before, await store.Folder.AuditAsync());
    }

    [Fact]
    public async Task A_public_client_may_not_ask_about_tokens()
    {
        var refused = await store.Folder.ApplyAsync(
            """{"clients":[{"clientId":"page","public":true,"introspect":true}]}"""
        );

        Assert.Equal(65, refused.ExitCode);
        Assert.Contains(
            "$.clients[0].introspect: a public client proves nothing",
            refused.Error,
            StringComparison.Ordinal
        );
    }

    /// <summary>A store that is made and empty.</summary>
    public sealed class MadeStore : IAsyncLifetime
    {
        internal ApplyFolder Folder { get; } = new();

        public ValueTask InitializeAsync() => Folder.InitializeAsync();

        public ValueTask DisposeAsync() => Folder.DisposeAsync();
    }
}
