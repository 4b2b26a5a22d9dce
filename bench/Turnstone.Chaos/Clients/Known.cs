using Turnstone.Nodes.Clients;

namespace Turnstone.Chaos.Clients;

/// <summary>What signs in at each contract, by the names that the clients give it.</summary>
internal static class Known
{
    /// <param name="customers">Whose they are.</param>
    /// <param name="contract">The contract.</param>
    /// <param name="mintAsync">Mints a one-time code of a family for a client, or for none.</param>
    public static async Task<Dictionary<string, string>> CredentialsAsync(
        Customers customers,
        string contract,
        Func<string, string?, Task<string>> mintAsync
    ) =>
        contract switch
        {
            "/auth/v1" => new() { ["code"] = await mintAsync("auth", null) },
            "/auth/v2" => new()
            {
                ["username"] = Customers.Email,
                ["password"] = Customers.Password,
                ["subscription_key"] = customers.SubscriptionKey,
            },
            "/v3" => new() { ["api_key"] = customers.ApiKey },
            "/v1/oauth" => await ClientAsync(customers, "oauth-v1", mintAsync),
            "/oauth2" => await ClientAsync(customers, "oauth2", mintAsync),
            _ => throw new ArgumentException($"There is no contract {contract}.", nameof(contract)),
        };

    private static async Task<Dictionary<string, string>> ClientAsync(
        Customers customers,
        string family,
        Func<string, string?, Task<string>> mintAsync
    ) =>
        new()
        {
            ["client_id"] = Customers.ClientId,
            ["client_secret"] = customers.ClientSecret,
            ["redirect_uri"] = Customers.RedirectUri,
            ["code"] = await mintAsync(family, Customers.ClientId),
        };
}
