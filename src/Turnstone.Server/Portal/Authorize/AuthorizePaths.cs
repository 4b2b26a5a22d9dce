using Turnstone.Server.Contracts.Common;

namespace Turnstone.Server.Portal.Authorize;

/// <summary>The authorization endpoints of the contracts; one page serves all of them.</summary>
public sealed class AuthorizePaths(ContractList contracts)
{
    public IReadOnlyList<AuthorizationEndpoint> Endpoints { get; } =
    [.. contracts.All.Select(contract => contract.Authorization).OfType<AuthorizationEndpoint>()];

    /// <summary>
    /// Whether the path belongs to the page, or to that of sign-outs. Routing accepts a trailing slash, so this does
    /// too; otherwise the page would lack its headers.
    /// </summary>
    public bool Has(PathString path) =>
        path.Value?.TrimEnd('/') is { } bare
        && Endpoints.Any(endpoint =>
            bare.Equals(endpoint.Path, StringComparison.OrdinalIgnoreCase)
            || bare.Equals(endpoint.LogoutPath, StringComparison.OrdinalIgnoreCase)
        );
}
