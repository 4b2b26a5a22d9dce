using Turnstone.Credentials;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Storage;
using Turnstone.Tokens.Keys;

namespace Turnstone.Server.Operations.Provisioning;

/// <summary>OAuth clients with their secrets.</summary>
public sealed class ClientProvisioner(
    IClientStore store,
    Clients clients,
    MasterKeyRing masters,
    RandomSource random,
    TimeProvider time
)
{
    private const int HintLength = 8;

    internal async Task<IEnumerable<string>> ConflictsAsync(
        ClientItem item,
        string at,
        CancellationToken cancellationToken
    )
    {
        var known = await store.FindAsync(item.ClientId, cancellationToken);
        return known is { Public: true } && item is { Public: not false, ClientSecret: not null }
            ?
            [
                $"{at}.clientSecret: the client is public in the store; set \"public\": false as well, "
                    + "or remove the secret.",
            ]
            : [];
    }

    internal async Task ApplyAsync(ClientItem item, ProvisioningReport report, CancellationToken cancellationToken)
    {
        if (await store.FindAsync(item.ClientId, cancellationToken) is not { } known)
        {
            var description = Described(
                item,
                new Client
                {
                    Id = item.ClientId,
                    Name = item.ClientId,
                    CreatedAt = time.GetUtcNow(),
                }
            );
            var made =
                await clients.CreateAsync(description, item.ClientSecret, Caller.Operator, cancellationToken)
                ?? throw new StoreUnavailableException(
                    "Another process is creating the same client; apply the file again."
                );
            report.Created("client", item.ClientId, null, ("clientSecret", made.Secret));
            return;
        }

        var (changed, minted) = WithSecret(Described(item, known), item);
        var details = ClientDifference.Between(known, changed).ToList();
        if (details.Count == 0)
        {
            return;
        }

        var detail = string.Join(", ", details);
        var entry = new AuditEntry
        {
            Event = AuditEvent.ClientChanged,
            At = time.GetUtcNow(),
            Caller = Caller.Operator,
            ClientId = known.Id,
            Detail = $"provisioned: {detail}",
        };
        if (!(await store.SaveAsync(changed, entry, cancellationToken)).IsCommitted)
        {
            throw new StoreUnavailableException("Another process is changing the same client; apply the file again.");
        }

        report.Changed("client", item.ClientId, detail, ("clientSecret", minted));
    }

    private static Client Described(ClientItem item, Client client) =>
        client with
        {
            Name = item.Name ?? client.Name,
            Public = item.Public ?? client.Public,
            RedirectUris = item.RedirectUris ?? client.RedirectUris,
            PostLogoutRedirectUris = item.PostLogoutRedirectUris ?? client.PostLogoutRedirectUris,
            BackchannelLogoutUri = item.BackchannelLogoutUri ?? client.BackchannelLogoutUri,
            BackchannelLogoutSession = item.BackchannelLogoutSessionRequired ?? client.BackchannelLogoutSession,
            GrantTypes = item.GrantTypes ?? client.GrantTypes,
            Scopes = item.Scopes is { } scopes ? Scopes.Of(scopes) : client.Scopes,
            TokenTypes = item.TokenTypes ?? client.TokenTypes,
            AccessLifetime = Seconds(item.AccessTokenSeconds) ?? client.AccessLifetime,
            RefreshLifetime = Seconds(item.RefreshTokenSeconds) ?? client.RefreshLifetime,
            AbsoluteLifetime = Seconds(item.SessionSeconds) ?? client.AbsoluteLifetime,
            RetryWindow = Seconds(item.RetryWindowSeconds) ?? client.RetryWindow,
            Early = item.EarlyRefresh ?? client.Early,
            Algorithm = item.SigningAlgorithm ?? client.Algorithm,
        };

    /// <summary>
    /// A given secret that is not stored yet replaces the stored ones. A confidential client without any secret gets a
    /// new one.
    /// </summary>
    private (Client Client, string? Minted) WithSecret(Client client, ClientItem item)
    {
        if (client.Public)
        {
            return (client with { Secrets = [] }, null);
        }

        if (item.ClientSecret is { } given)
        {
            return client.Secrets.Any(secret => masters.Matches(CredentialPurpose.ClientSecret, given, secret.Hash))
                ? (client, null)
                : (client with { Secrets = [Stored(given)] }, null);
        }

        if (client.Secrets.Count > 0)
        {
            return (client, null);
        }

        var minted = ClientSecretText.Mint(random);
        return (client with { Secrets = [Stored(minted)] }, minted);
    }

    private ClientSecret Stored(string text) =>
        new(
            masters.Hash(CredentialPurpose.ClientSecret, text),
            ClientSecretText.LooksOurs(text) ? text[..HintLength] : "",
            time.GetUtcNow()
        );

    private static TimeSpan? Seconds(int? seconds) => seconds is { } count ? TimeSpan.FromSeconds(count) : null;
}
