using System.Text.Json.Nodes;
using Turnstone.Bench.Work;
using Turnstone.Directory;
using Turnstone.Grants;

namespace Turnstone.Bench.Subjects;

/// <summary>The customers that the measured servers know, made by a provisioning file as an operator would.</summary>
internal static class Customers
{
    public const string Password = "correct horse battery staple";
    public const string SubscriptionKey = "0123456789abcdef0123456789abcdef";
    public const string ClientId = "shop";
    public const string ClientSecret = "the secret of the shop, long enough";
    public const int Accounts = 8;

    /// <summary>It proves itself by assertions.</summary>
    public const string SigningClientId = "signer";

    /// <summary>Public, with bearer tokens.</summary>
    public const string PublicClientId = "app";

    /// <summary>Public, with tokens that are bound by DPoP.</summary>
    public const string BoundClientId = "bound-app";

    /// <summary>It signs people in.</summary>
    public const string SiteClientId = "site";

    /// <summary>
    /// So many that at the greatest rate no key logs in more often than <see cref="LoginsPerKey"/> allows.
    /// </summary>
    public const int ApiKeys = 4096;

    public static readonly (int Count, int Seconds) LoginsPerKey = (30, 3);

    private const string OtherKey = "fedcba9876543210fedcba9876543210";

    public static string Email(int number) => $"customer{number}@example.test";

    public static string ApiKey(int number) => $"an imported key of the bench, number {number}";

    public static JsonObject Provisioning() =>
        new()
        {
            ["products"] = new JsonArray(new JsonObject { ["name"] = "starter" }),
            ["accounts"] = new JsonArray([.. Enumerable.Range(0, Accounts).Select(Account)]),
            ["clients"] = new JsonArray(
                new JsonObject
                {
                    ["clientId"] = ClientId,
                    ["clientSecret"] = ClientSecret,
                    ["name"] = "Shop",
                    ["introspect"] = true,
                    ["grantTypes"] = new JsonArray(
                        "authorization_code",
                        "refresh_token",
                        "client_credentials",
                        TokenExchangeGrant.TypeName
                    ),
                    ["redirectUris"] = new JsonArray("http://127.0.0.1:8500/callback"),
                    ["scopes"] = new JsonArray("individuals.read"),
                    ["tokenTypes"] = new JsonArray("user", "company"),
                },
                Client(
                    SigningClientId,
                    ("grantTypes", new JsonArray("client_credentials")),
                    ("tokenEndpointAuthMethod", "private_key_jwt"),
                    ("jwks", new JsonObject { ["keys"] = new JsonArray(SigningKey.Jwk) })
                ),
                Client(PublicClientId, ("public", true)),
                Client(BoundClientId, ("public", true), ("dpopBoundAccessTokens", true)),
                Client(
                    SiteClientId,
                    ("clientSecret", ClientSecret),
                    ("scopes", new JsonArray("openid", "individuals.read"))
                )
            ),
        };

    private static JsonObject Client(string id, params (string Member, JsonNode Value)[] differently)
    {
        var client = new JsonObject
        {
            ["clientId"] = id,
            ["name"] = id,
            ["grantTypes"] = new JsonArray("authorization_code", "refresh_token"),
            ["redirectUris"] = new JsonArray("http://127.0.0.1:8500/callback"),
            ["scopes"] = new JsonArray("individuals.read"),
        };
        foreach (var (member, value) in differently)
        {
            client[member] = value;
        }

        return client;
    }

    private static JsonObject Account(int number)
    {
        var account = new JsonObject { ["email"] = Email(number), ["password"] = Password };
        if (number == 0)
        {
            account["subscriptions"] = new JsonArray(
                new JsonObject
                {
                    ["product"] = "starter",
                    ["primaryKey"] = SubscriptionKey,
                    ["secondaryKey"] = OtherKey,
                }
            );
        }

        return account;
    }
}
