using Turnstone.Nodes.Clients;

namespace Turnstone.Chaos.Clients;

/// <summary>What signs in at each contract, by the names that the clients give it.</summary>
internal static class Known
{
    public static async Task<Dictionary<string, string>> CredentialsAsync(
        Customers customers,
        string database,
        string contract
    ) =>
        contract switch
        {
            "/auth/v1" => new() { ["code"] = (await customers.CodesAsync(database, "auth", null, 1))[0] },
            "/auth/v2" => new()
            {
                ["username"] = Customers.Email,
                ["password"] = Customers.Password,
                ["subscription_key"] = customers.SubscriptionKey,
            },
            "/v3" => new() { ["api_key"] = customers.ApiKey },
            "/v1/oauth" => await ClientAsync(customers, database, "oauth-v1"),
            "/oauth2" => await ClientAsync(customers, database, "oauth2"),
            _ => throw new ArgumentException($"There is no contract {contract}.", nameof(contract)),
        };

    private static async Task<Dictionary<string, string>> ClientAsync(
        Customers customers,
        string database,
        string family
    ) =>
        new()
        {
            ["client_id"] = Customers.ClientId,
            ["client_secret"] = customers.ClientSecret,
            ["redirect_uri"] = Customers.RedirectUri,
            ["code"] = (await customers.CodesAsync(database, family, Customers.ClientId, 1))[0],
        };
}
