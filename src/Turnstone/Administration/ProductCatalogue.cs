using Turnstone.Directory;
using Turnstone.Model;

namespace Turnstone.Administration;

/// <summary>
/// What a product is to customers: its name, which is how they ask for it, a sentence on it, whether somebody looks at
/// who asks, and what its subscribers may do.
/// </summary>
public sealed record ProductFacts(string Name, string Description, bool ApprovalRequired)
{
    /// <summary>What a login with one of its subscriptions gets.</summary>
    public Scopes Scopes { get; init; } = Scopes.None;

    public const int LongestName = 100;

    public const int LongestDescription = 500;

    public static bool IsName(string name) =>
        name.Trim().Length is >= 1 and <= LongestName && !name.Any(char.IsControl);

    public static bool IsDescription(string text) => text.Length <= LongestDescription && !text.Any(char.IsControl);
}

/// <summary>The products that customers may subscribe to.</summary>
public sealed class ProductCatalogue(ISubscriptionStore store, RandomSource random, TimeProvider time)
{
    /// <summary>Null when another product has the name.</summary>
    public async Task<Product?> AddAsync(ProductFacts facts, Caller caller, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var product = new Product(random.NewId(now), facts.Name, facts.ApprovalRequired, now, facts.Description)
        {
            Scopes = facts.Scopes,
        };
        return await SaveAsync(product, AuditEvent.ProductCreated, caller, product.Name, cancellationToken)
            ? product
            : null;
    }

    /// <summary>
    /// Null when there is no such product, or another one has the name. Who has subscribed stays subscribed.
    /// </summary>
    public async Task<Product?> ChangeAsync(
        Guid id,
        ProductFacts facts,
        Caller caller,
        CancellationToken cancellationToken
    )
    {
        if (await store.FindProductAsync(id, cancellationToken) is not { } product)
        {
            return null;
        }

        var changed = product with
        {
            Name = facts.Name,
            Description = facts.Description,
            ApprovalRequired = facts.ApprovalRequired,
            Scopes = facts.Scopes,
        };
        var detail = string.Join(
            ", ",
            new[]
            {
                changed.Name == product.Name ? product.Name : $"{product.Name} to {changed.Name}",
                changed.Description == product.Description ? null : "description",
                changed.ApprovalRequired == product.ApprovalRequired ? null
                : changed.ApprovalRequired ? "approval required"
                : "no approval required",
                changed.Scopes == product.Scopes ? null
                : changed.Scopes.IsEmpty ? "no scopes"
                : $"scopes {changed.Scopes}",
            }.OfType<string>()
        );
        return
            changed == product || await SaveAsync(changed, AuditEvent.ProductChanged, caller, detail, cancellationToken)
            ? changed
            : null;
    }

    private async Task<bool> SaveAsync(
        Product product,
        AuditEvent what,
        Caller caller,
        string detail,
        CancellationToken cancellationToken
    )
    {
        var entry = new AuditEntry
        {
            Event = what,
            At = time.GetUtcNow(),
            Caller = caller,
            Detail = $"product {detail}",
        };
        return (await store.SaveProductAsync(product, entry, cancellationToken)).IsCommitted;
    }
}
