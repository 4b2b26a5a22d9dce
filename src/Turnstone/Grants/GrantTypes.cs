using System.Collections.Immutable;

namespace Turnstone.Grants;

/// <summary>The grants that a token endpoint offers by <c>grant_type</c>.</summary>
public sealed class GrantTypes(IEnumerable<Grant> grants)
{
    private readonly ImmutableArray<Grant> offered = [.. grants.Where(grant => grant.GrantType is not null)];

    public IReadOnlyList<Grant> All => offered;

    public IEnumerable<string> Names => offered.Select(grant => grant.GrantType!);

    public Grant? Find(string? grantType)
    {
        foreach (var grant in offered)
        {
            if (grant.GrantType == grantType)
            {
                return grant;
            }
        }

        return null;
    }
}
