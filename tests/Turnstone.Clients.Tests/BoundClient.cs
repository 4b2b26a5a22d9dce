using Turnstone.Nodes.Clients;

namespace Turnstone.Clients.Tests;

/// <summary>A client whose tokens the server binds to a key (RFC 9449).</summary>
internal static class BoundClient
{
    public const string Id = "bound";
    public const string Secret = "a client secret for bound tokens";

    /// <summary>Registers it.</summary>
    public static async Task ApplyAsync(LocalServer server, string folder)
    {
        var file = Path.Combine(folder, "bound.json");
        await File.WriteAllTextAsync(
            file,
            $$"""
            {
              "clients": [
                {
                  "clientId": "{{Id}}", "clientSecret": "{{Secret}}", "name": "Bound",
                  "redirectUris": ["{{Customers.RedirectUri}}"],
                  "grantTypes": ["authorization_code", "refresh_token"],
                  "scopes": ["openid", "offline_access", "individuals.read"],
                  "dpopBoundAccessTokens": true, "earlyRefresh": "allow"
                }
              ]
            }
            """,
            TestContext.Current.CancellationToken
        );
        await server.ApplyAsync(file);
    }

    /// <summary>What opens a session of it.</summary>
    public static async Task<Dictionary<string, string>> CredentialsAsync(LocalServer server) =>
        new()
        {
            ["client_id"] = Id,
            ["client_secret"] = Secret,
            ["redirect_uri"] = Customers.RedirectUri,
            ["code"] = await server.CodeAsync(Id),
        };
}
