using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Server.Settings;
using Turnstone.Storage;

namespace Turnstone.Server.Operations.Provisioning;

/// <summary>Products with their scopes.</summary>
public sealed class ProductProvisioner(
    ISubscriptionStore store,
    TurnstoneSettings settings,
    RandomSource random,
    TimeProvider time
)
{
    internal IEnumerable<string> Conflicts(ProductItem item, string at) =>
        settings
            .UnknownScopes(item.Scopes ?? [])
            .Select(scope =>
                $"{at}.scopes: {scope} is no scope of this server; add it to Turnstone:Scopes or correct its name."
            );

    internal async Task ApplyAsync(ProductItem item, ProvisioningReport report, CancellationToken cancellationToken)
    {
        if (await store.FindProductAsync(item.Name, cancellationToken) is not { } known)
        {
            await CreateAsync(item, report, cancellationToken);
            return;
        }

        var changed = Described(item, known);
        var details = Differences(known, changed).ToList();
        if (details.Count == 0)
        {
            return;
        }

        var detail = string.Join(", ", details);
        var entry = Entry(AuditEvent.ProductChanged, $"{item.Name}: {detail}");
        if (!(await store.SaveProductAsync(changed, entry, cancellationToken)).IsCommitted)
        {
            throw new StoreUnavailableException("Another process is changing the same product; apply the file again.");
        }

        report.Changed("product", item.Name, detail);
    }

    private async Task CreateAsync(ProductItem item, ProvisioningReport report, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var product = Described(item, new Product(random.NewId(now), item.Name, ApprovalRequired: false, now));

        // Conflict: somebody made a product of that name meanwhile, and it is there.
        var entry = Entry(AuditEvent.ProductCreated, item.Name);
        if ((await store.SaveProductAsync(product, entry, cancellationToken)).IsCommitted)
        {
            report.Created("product", item.Name);
        }
    }

    private static Product Described(ProductItem item, Product product) =>
        product with
        {
            ApprovalRequired = item.ApprovalRequired ?? product.ApprovalRequired,
            Scopes = item.Scopes is { } scopes ? Scopes.Of(scopes) : product.Scopes,
        };

    private static IEnumerable<string> Differences(Product known, Product changed)
    {
        if (changed.ApprovalRequired != known.ApprovalRequired)
        {
            yield return changed.ApprovalRequired ? "approval is required" : "approval is not required";
        }

        if (changed.Scopes != known.Scopes)
        {
            yield return $"scopes {(changed.Scopes.IsEmpty ? "none" : changed.Scopes)}";
        }
    }

    private AuditEntry Entry(AuditEvent what, string detail) =>
        new()
        {
            Event = what,
            At = time.GetUtcNow(),
            Caller = Caller.Operator,
            Detail = $"product {detail}",
        };
}
