using Turnstone.Directory;
using Turnstone.Server.Settings;

namespace Turnstone.Server.Hosting;

/// <summary>
/// Products name only scopes that the settings know: a scope that was mistyped would be in tokens and open nothing, and
/// nobody could say why.
/// </summary>
public sealed class ScopeCheck(
    Products products,
    Apis apis,
    ISubscriptionStore store,
    TurnstoneSettings settings
)
{
    /// <exception cref="SettingsException">
    /// A product names another scope, or the settings name one that was an API's; all of them are said.
    /// </exception>
    public async Task RequireKnownAsync(CancellationToken cancellationToken)
    {
        await products.RefreshAsync(cancellationToken);
        var problems = (
            from product in await store.ListProductsAsync(cancellationToken)
            from scope in settings.UnknownScopes(product.Scopes.Names)
            select $"The product \"{product.Name}\" has the scope {scope}, which is no scope of this server: "
                + "add it to Turnstone:Scopes, or name the product without it in a provisioning file."
        ).ToList();
        await apis.RefreshAsync(cancellationToken);
        problems.AddRange(
            from api in apis.Registered
            from scope in settings.KnownScopes
            where api.FormerScopes.Contains(scope.Name)
            select $"Turnstone:Scopes has {scope.Name}, which was a scope of the API {api.Id}: clients and consents "
                + "still name it. Give it another name."
        );
        if (problems.Count > 0)
        {
            throw new SettingsException(problems);
        }
    }
}
