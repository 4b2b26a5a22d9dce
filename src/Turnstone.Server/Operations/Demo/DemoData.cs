using Turnstone.Directory;
using Turnstone.Server.Hosting;
using Turnstone.Server.Operations.Provisioning;
using Turnstone.Server.Settings;

namespace Turnstone.Server.Operations.Demo;

/// <summary>In Development, once: one of everything, with random secrets, so that a newcomer holds a token within a minute.</summary>
public sealed class DemoData(Provisioner provisioner, IClientStore clients, ServerSettings settings) : IPreparationStep
{
    public const string Email = "demo@example.test";
    public const string ClientId = "demo";
    public const string RedirectUri = "http://127.0.0.1:8500/callback";

    private static readonly ProvisioningFile File = new()
    {
        Products = [new() { Name = "demo", ApprovalRequired = false }],
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
                RedirectUris = [RedirectUri],
                GrantTypes = ["authorization_code", "refresh_token", "client_credentials"],
                Scopes = ["openid", "profile", "email", "offline_access", "individuals.read"],
                TokenTypes = ["user", "company"],
            },
        ],
    };

    /// <summary>Whether the demo data is in this store.</summary>
    public bool Present { get; private set; }

    /// <summary>What was made at this start, with its secrets; null when it was there before or is not wanted.</summary>
    public ProvisioningReport? Fresh { get; private set; }

    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        // Someone who brings a file of their own wants that and nothing else.
        if (settings.Production || settings.Turnstone.Provision.Length > 0)
        {
            return;
        }

        // The client is made last: where it is, all of it is.
        Present = await clients.FindAsync(ClientId, cancellationToken) is not null;
        if (!Present)
        {
            Fresh = await provisioner.ApplyAsync(File, "The demo data", cancellationToken);
            Present = true;
        }
    }
}
