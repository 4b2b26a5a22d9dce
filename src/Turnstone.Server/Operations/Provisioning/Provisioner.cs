using Turnstone.Storage;

namespace Turnstone.Server.Operations.Provisioning;

/// <summary>
/// Makes the store match a file. Each entry is looked up first and written only if it differs, so applying again
/// changes nothing, and the next run completes an interrupted one. One node applies at a time, so several nodes that
/// start with the same file create nothing twice.
/// </summary>
public sealed class Provisioner(
    Store store,
    AccountProvisioner accounts,
    ClientProvisioner clients,
    TrustProvisioner trust,
    ProductProvisioner products,
    ApiProvisioner apis,
    IdentityProviderProvisioner providers,
    TimeProvider time
)
{
    private static readonly TimeSpan LockTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <exception cref="ProvisioningException">The file conflicts with the store; nothing was changed.</exception>
    public async Task<ProvisioningReport> ApplyAsync(
        ProvisioningFile file,
        string source,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(file);
        await using var lead = await LeadAsync(cancellationToken);
        await CheckAgainstStoreAsync(file, source, cancellationToken);
        var report = new ProvisioningReport();
        foreach (var item in file.Products)
        {
            await products.ApplyAsync(item, report, cancellationToken);
        }

        foreach (var item in file.Accounts)
        {
            await accounts.ApplyAsync(item, report, cancellationToken);
        }

        foreach (var item in file.Clients)
        {
            await clients.ApplyAsync(item, report, cancellationToken);
            await trust.ApplyAsync(item, report, cancellationToken);
        }

        // After the clients, because an API may ask with the credential of one.
        foreach (var item in file.Apis)
        {
            await apis.ApplyAsync(item, report, cancellationToken);
        }

        foreach (var item in file.IdentityProviders)
        {
            await providers.ApplyAsync(item, report, cancellationToken);
        }

        return report;
    }

    private async Task<IAsyncDisposable> LeadAsync(CancellationToken cancellationToken)
    {
        for (var waited = TimeSpan.Zero; waited < LockTimeout; waited += Pause)
        {
            if (await store.TryLeadAsync(cancellationToken) is { } lead)
            {
                return lead;
            }

            await Task.Delay(Pause, time, cancellationToken);
        }

        throw new StoreUnavailableException("Another node has been applying or sweeping for a minute; try again.");
    }

    private async Task CheckAgainstStoreAsync(ProvisioningFile file, string source, CancellationToken cancellationToken)
    {
        List<string> problems = [];
        var named = file.Products.Select(product => product.Name).ToHashSet(StringComparer.Ordinal);
        for (var i = 0; i < file.Products.Count; i++)
        {
            problems.AddRange(products.Conflicts(file.Products[i], $"$.products[{i}]"));
        }

        for (var i = 0; i < file.Accounts.Count; i++)
        {
            problems.AddRange(
                await accounts.ConflictsAsync(file.Accounts[i], $"$.accounts[{i}]", named, cancellationToken)
            );
        }

        var owners = file.Accounts.Select(account => account.Email.Trim().ToUpperInvariant()).ToHashSet();
        var coming = file.Apis.Select(api => api.Identifier).OfType<string>().ToHashSet(StringComparer.Ordinal);
        for (var i = 0; i < file.Clients.Count; i++)
        {
            problems.AddRange(
                await clients.ConflictsAsync(file.Clients[i], $"$.clients[{i}]", owners, coming, cancellationToken)
            );
            problems.AddRange(trust.Conflicts(file.Clients[i], $"$.clients[{i}]"));
        }

        var asking = file
            .Clients.Where(client => client.Public is not true)
            .Select(client => client.ClientId)
            .ToHashSet(StringComparer.Ordinal);
        for (var i = 0; i < file.Apis.Count; i++)
        {
            problems.AddRange(await apis.ConflictsAsync(file.Apis[i], $"$.apis[{i}]", asking, cancellationToken));
        }

        for (var i = 0; i < file.IdentityProviders.Count; i++)
        {
            var (item, at) = (file.IdentityProviders[i], $"$.identityProviders[{i}]");
            problems.AddRange(
                item is null
                    ? [$"{at}: give an issuer, domains and clients."]
                    : await providers.ConflictsAsync(item, at, asking, cancellationToken)
            );
        }

        if (problems.Count > 0)
        {
            throw new ProvisioningException(source, problems);
        }
    }
}
