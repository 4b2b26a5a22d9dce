using Turnstone.Directory;
using Turnstone.Directory.Trust;
using Turnstone.Foreign;
using Turnstone.Model;
using Turnstone.Tokens;

namespace Turnstone.Administration;

/// <summary>What keeps an identity provider from being registered.</summary>
public enum ProviderFault
{
    Issuer,
    OwnIssuer,
    NoDomain,
    Domain,
    TooManyDomains,
    TooManyClients,
    NoSuchClient,
    UnprovenClient,
}

/// <param name="Fault">What.</param>
/// <param name="Text">The domain or the client.</param>
public sealed record ProviderFlaw(ProviderFault Fault, string Text = "");

/// <summary>
/// The identity providers of companies. Only administrators have them: each speaks for accounts that are not its own.
/// </summary>
public sealed class IdentityProviders(
    IIdentityProviderStore store,
    IClientStore clients,
    IssuerKeys issuers,
    TrustSettings settings,
    IssuerAndAudience self,
    TimeProvider time
)
{
    private const int MostTold = 20;

    public Task<IReadOnlyList<IdentityProvider>> ListAsync(CancellationToken cancellationToken) =>
        store.ListAsync(cancellationToken);

    /// <summary>By its name in an address; null where there is none.</summary>
    public async Task<IdentityProvider?> FindAsync(string? id, CancellationToken cancellationToken) =>
        (await store.ListAsync(cancellationToken)).FirstOrDefault(one => one.Id == id);

    /// <summary>Everything that keeps it from being registered as it is.</summary>
    public async Task<IReadOnlyList<ProviderFlaw>> FlawsOfAsync(
        IdentityProvider provider,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(provider);
        List<ProviderFlaw> flaws =
        [
            .. TrustCheck
                .AddressFlaws(provider.Issuer, self.Issuer, settings.HttpTaken)
                .Select(flaw => new ProviderFlaw(
                    flaw.Fault is TrustFault.OwnIssuer ? ProviderFault.OwnIssuer : ProviderFault.Issuer
                )),
            .. DomainFlaws(provider),
        ];
        if (provider.Clients.Length > IdentityProvider.MostClients)
        {
            flaws.Add(new(ProviderFault.TooManyClients));
            return flaws;
        }

        foreach (var id in provider.Clients)
        {
            var client = id.Length <= ClientDirectory.LongestId ? await clients.FindAsync(id, cancellationToken) : null;
            if (client is not { MayTrust: true })
            {
                flaws.Add(new(client is null ? ProviderFault.NoSuchClient : ProviderFault.UnprovenClient, id));
            }
        }

        return flaws;
    }

    /// <summary>Why its keys cannot be had; null if they can be, or come with it.</summary>
    public async ValueTask<FetchFault?> FindKeysAsync(IdentityProvider provider, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(provider);
        return provider.Keys is null
            ? (
                await issuers.OfAsync(
                    provider.Issuer,
                    kid: null,
                    FetchPayer.Registered(provider.Issuer),
                    cancellationToken
                )
            ).Fault
            : null;
    }

    /// <summary>
    /// Registers one of revision 0, or saves another as changed. False where somebody has saved it since it was read.
    /// </summary>
    public async Task<bool> SaveAsync(IdentityProvider provider, Caller caller, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(provider);
        var isNew = provider.Revision == 0;
        var saved = isNew ? provider with { CreatedAt = time.GetUtcNow() } : provider;
        var before = isNew ? null : await store.FindAsync(provider.Issuer, cancellationToken);
        var entry = Entry(saved, caller, isNew ? "registered" : "changed", Changes(before, saved));
        return (await store.SaveAsync(saved, entry, cancellationToken)).IsCommitted;
    }

    /// <summary>False where it is not there any more.</summary>
    public async Task<bool> RemoveAsync(IdentityProvider provider, Caller caller, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(provider);
        var entry = Entry(provider, caller, "removed");
        return (await store.RemoveAsync(provider.Issuer, entry, cancellationToken)).IsCommitted;
    }

    private static IEnumerable<ProviderFlaw> DomainFlaws(IdentityProvider provider) =>
        provider.Domains.Length == 0 ? [new(ProviderFault.NoDomain)]
        : provider.Domains.Length > IdentityProvider.MostDomains ? [new(ProviderFault.TooManyDomains)]
        : provider
            .Domains.Where(domain => !IdentityProvider.IsDomain(domain))
            .Select(domain => new ProviderFlaw(ProviderFault.Domain, domain));

    // For whom it speaks and to whom, as it was before and is now: whoever changes it and changes it back is seen.
    private static string Changes(IdentityProvider? before, IdentityProvider now)
    {
        string[] had = before is null ? [] : [.. before.Domains, .. before.Clients];
        string[] has = [.. now.Domains, .. now.Clients];
        List<string> changes =
        [
            .. has.Except(had).Select(added => $" +{added}"),
            .. had.Except(has).Select(removed => $" -{removed}"),
        ];
        var keys = before is not null && !Equals(before.Keys, now.Keys) ? " jwks" : "";
        return string.Concat(changes.Take(MostTold)) + (changes.Count > MostTold ? " …" : "") + keys;
    }

    private AuditEntry Entry(IdentityProvider provider, Caller caller, string what, string changes = "") =>
        new()
        {
            Event = AuditEvent.ClientChanged,
            At = time.GetUtcNow(),
            Caller = caller,
            Detail = $"identity provider {what}: {provider.Issuer}{changes}",
        };
}
