using Turnstone.Directory;
using Turnstone.Server.Operations.Provisioning;
using Turnstone.Server.Settings;

namespace Turnstone.Server.Operations.Demo;

/// <summary>
/// In Development, once: one account, subscription, API key and client with random secrets, so that a newcomer has a
/// token within a minute.
/// </summary>
public sealed class DemoData(Provisioner provisioner, IClientStore clients, ServerSettings settings)
{
    public const string Email = "demo@example.test";
    public const string ClientId = "demo";
    public const string RedirectUri = "http://127.0.0.1:8500/callback";

    private static readonly ProvisioningFile File = new()
    {
        Products =
        [
            new()
            {
                Name = "demo",
                ApprovalRequired = false,
                Scopes = ["individuals.read"],
            },
        ],
        Accounts =
        [
            new()
            {
                Email = Email,
                Administrator = true,
                Subscriptions = [new() { Product = "demo", State = SubscriptionState.Active }],
                ApiKeys = [new() { Name = "demo", Scopes = ["individuals.read"] }],
            },
        ],
        Clients =
        [
            new()
            {
                ClientId = ClientId,
                Name = "Demo client",
                Owner = Email,
                RedirectUris = [RedirectUri],
                GrantTypes = ["authorization_code", "refresh_token", "client_credentials", ApplicationRules.DeviceCode],
                Scopes = ["openid", "profile", "email", "offline_access", "individuals.read"],
                TokenTypes = ["user", "company"],
            },
        ],
    };

    /// <summary>What was created, with its secrets; empty if it already existed; null if it is not wanted.</summary>
    public async Task<ProvisioningReport?> EnsureAsync(CancellationToken cancellationToken)
    {
        // With a provisioning file there is no demo data.
        if (settings.Production || settings.Turnstone.Provision.Length > 0)
        {
            return null;
        }

        // The client is created last: if it exists, everything exists.
        return await clients.FindAsync(ClientId, cancellationToken) is null
            ? await provisioner.ApplyAsync(File, "The demo data", cancellationToken)
            : new ProvisioningReport();
    }
}
