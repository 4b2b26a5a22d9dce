using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Server.Settings;

namespace Turnstone.Server.Portal.ApiKeys;

/// <summary>The scopes that a form offers for a key, and what was chosen of them.</summary>
internal static class KeyScopes
{
    public static IReadOnlyList<OfferedScope> OfferedBy(PortalSettings settings) =>
        [.. settings.Offered.Where(scope => !IdentityScopes.All.Contains(scope.Name))];

    /// <summary>
    /// Those that are ticked for a new key: what a login without a key has, and what the products give to which the
    /// account has subscribed.
    /// </summary>
    public static async Task<IReadOnlyList<string>> UsualAsync(
        Guid account,
        TurnstoneSettings settings,
        ISubscriptionStore subscriptions,
        CancellationToken cancellationToken
    )
    {
        var products = (await subscriptions.ListAsync(account, cancellationToken))
            .Where(one => one.IsActive)
            .Select(one => one.ProductId)
            .ToHashSet();
        var usual = (await subscriptions.ListProductsAsync(cancellationToken))
            .Where(product => products.Contains(product.Id))
            .SelectMany(product => product.Scopes.Names)
            .Concat(settings.AccountScopes)
            .ToHashSet();
        return [.. OfferedBy(settings.Portal).Select(scope => scope.Name).Where(usual.Contains)];
    }

    /// <summary>False when one of them is not offered.</summary>
    public static bool TryChoose(IEnumerable<string> chosen, IEnumerable<string> offered, out Scopes scopes)
    {
        var valid = Scopes.TryRead(string.Join(' ', chosen), out var read) && read.Within(Scopes.Of(offered));
        scopes = valid ? read! : Scopes.None;
        return valid;
    }
}
