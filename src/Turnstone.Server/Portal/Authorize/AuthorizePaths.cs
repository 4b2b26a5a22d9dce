using System.Collections.Immutable;
using Turnstone.Server.Contracts.Common;

namespace Turnstone.Server.Portal.Authorize;

/// <summary>The authorization endpoints of the contracts; one page serves all of them.</summary>
public sealed class AuthorizePaths(ContractList contracts)
{
    public ImmutableArray<AuthorizationEndpoint> Endpoints { get; } =
    [.. contracts.All.Select(contract => contract.Authorization).OfType<AuthorizationEndpoint>()];

    /// <summary>
    /// Whether the path belongs to the page, or to that of sign-outs. Routing accepts a trailing slash, so this does
    /// too; otherwise the page would lack its headers.
    /// </summary>
    public bool Has(PathString path)
    {
        // Every request is asked this: nothing is made for the answer.
        var bare = path.Value.AsSpan().TrimEnd('/');
        foreach (var endpoint in Endpoints)
        {
            if (
                bare.Equals(endpoint.Path, StringComparison.OrdinalIgnoreCase)
                || (endpoint.LogoutPath is { } logout && bare.Equals(logout, StringComparison.OrdinalIgnoreCase))
            )
            {
                return true;
            }
        }

        return false;
    }
}
