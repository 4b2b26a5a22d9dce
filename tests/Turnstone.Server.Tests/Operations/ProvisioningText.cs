using Turnstone.Directory;

namespace Turnstone.Server.Tests.Operations;

/// <summary>A provisioning file as an operator writes one, with every secret given.</summary>
internal static class ProvisioningText
{
    public const string Email = "ada@example.test";
    public const string Password = "a password that was given";
    public const string SubscriptionKey = "0123456789abcdef0123456789abcdef";
    public const string ApiKey = "an API key that was given";
    public const string ClientSecret = "a client secret that was given";

    public static readonly string[] GivenSecrets =
    [
        Password,
        SubscriptionKey,
        "fedcba9876543210fedcba9876543210",
        ApiKey,
        ClientSecret,
    ];

    public static string Text { get; } =
        $$"""
            {
              "products": [ { "name": "starter", "approvalRequired": false, "scopes": ["individuals.read"] } ],
              "accounts": [ {
                "email": "{{Email}}", "password": "{{Password}}", "administrator": false,
                "subscriptions": [ {
                  "product": "starter", "state": "active",
                  "primaryKey": "{{SubscriptionKey}}", "secondaryKey": "fedcba9876543210fedcba9876543210" } ],
                "apiKeys": [ {
                  "name": "ci", "key": "{{ApiKey}}", "expiresInDays": 90, "scopes": ["individuals.read"] } ]
              } ],
              "clients": [ {
                "clientId": "shop", "clientSecret": "{{ClientSecret}}", "name": "Shop", "public": false,
                "redirectUris": ["http://127.0.0.1:8500/callback"],
                "grantTypes": ["authorization_code", "refresh_token", "client_credentials"],
                "scopes": ["openid", "profile", "email", "offline_access", "individuals.read"],
                "tokenTypes": ["user", "company"], "introspect": true,
                "accessTokenSeconds": 3600, "refreshTokenSeconds": 1209600,
                "earlyRefresh": "allow", "signingAlgorithm": "ES256"
              } ],
              "apis": [ {
                "id": "orders", "identifier": "https://orders.example.test", "name": "Orders", "offered": true,
                "scopes": [ { "name": "orders.read",
                  "meanings": { "en": "See orders", "de": "Bestellungen sehen" } } ],
                "accessTokenSeconds": 300, "signingAlgorithm": "RS256", "introspectsAs": "shop"
              } ]
            }
            """;

    public static async Task<string> WriteAsync(string folder, string? text = null)
    {
        var file = Path.Combine(folder, "provision.json");
        await File.WriteAllTextAsync(file, text ?? Text);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return file;
    }
}
