using Turnstone.Directory;
using Turnstone.Directory.Trust;
using Turnstone.Model;
using Turnstone.Storage;
using Turnstone.Tokens;
using Turnstone.Tokens.Keys;

namespace Turnstone.Server.Operations.Provisioning;

/// <summary>The identity providers of companies, identified by their issuers.</summary>
public sealed class IdentityProviderProvisioner(
    IIdentityProviderStore store,
    IClientStore clients,
    TrustSettings settings,
    IssuerAndAudience issuer,
    TimeProvider time
)
{
    internal async Task<IEnumerable<string>> ConflictsAsync(
        IdentityProviderItem item,
        string at,
        IReadOnlyCollection<string> comingClients,
        CancellationToken cancellationToken
    )
    {
        List<string> problems =
        [
            .. TrustCheck
                .AddressFlaws(item.Issuer, issuer.Issuer, settings.HttpTaken)
                .Select(flaw => $"{at}.issuer: {flaw.Sentence}"),
        ];
        if (
            item.Domains.Count > IdentityProvider.MostDomains
            || item.Domains.Any(domain => !IdentityProvider.IsDomain(domain))
        )
        {
            problems.Add($"{at}.domains: give {IdentityProvider.MostDomains} domains of email addresses at most.");
        }

        if (item.Clients.Count > IdentityProvider.MostClients)
        {
            problems.Add($"{at}.clients: give {IdentityProvider.MostClients} at most.");
        }

        foreach (var id in item.Clients)
        {
            var known = comingClients.Contains(id) || await clients.FindAsync(id ?? "", cancellationToken) is not null;
            if (!known)
            {
                problems.Add($"{at}.clients: {id} is no client of this server or file.");
            }
        }

        if (item.Jwks is { } jwks && !VerificationKeys.TryRead(jwks.ToJsonString(), out _, out var wrong))
        {
            problems.Add($"{at}.jwks: {wrong}");
        }

        return problems;
    }

    internal async Task ApplyAsync(
        IdentityProviderItem item,
        ProvisioningReport report,
        CancellationToken cancellationToken
    )
    {
        var known = await store.FindAsync(item.Issuer, cancellationToken);
        var wanted = Described(item, known);
        if (known?.Says(wanted) is true)
        {
            return;
        }

        var entry = new AuditEntry
        {
            Event = AuditEvent.ClientChanged,
            At = time.GetUtcNow(),
            Caller = Caller.Operator,
            Detail = $"provisioned: identity provider {item.Issuer}",
        };
        if (!(await store.SaveAsync(wanted, entry, cancellationToken)).IsCommitted)
        {
            throw new StoreUnavailableException("The identity provider could not be saved; apply the file again.");
        }

        if (known is null)
        {
            report.Created("identity provider", item.Issuer);
        }
        else
        {
            report.Changed("identity provider", item.Issuer, "as the file says");
        }
    }

    private IdentityProvider Described(IdentityProviderItem item, IdentityProvider? known) =>
        new()
        {
            Issuer = item.Issuer,
            Domains = [.. item.Domains.Select(domain => domain.ToLowerInvariant())],
            Clients = [.. item.Clients],
            Keys =
                item.Jwks is { } jwks && VerificationKeys.TryRead(jwks.ToJsonString(), out var keys, out _)
                    ? keys
                    : null,
            CreatedAt = known?.CreatedAt ?? time.GetUtcNow(),
            Revision = known?.Revision ?? 0,
        };
}
