using System.Security.Claims;

namespace Turnstone.AspNetCore.Tokens;

/// <summary>
/// Whoever bears a token, for all requests with it: so nobody may change it. A clone may be changed, as an
/// <c>IClaimsTransformation</c> makes one.
/// </summary>
internal sealed class SharedPrincipal : ClaimsPrincipal
{
    private readonly SharedIdentity identity;

    public SharedPrincipal(SharedIdentity identity) => base.AddIdentity(this.identity = identity);

    public override void AddIdentity(ClaimsIdentity identity) => throw SharedIdentity.Refused();

    public override void AddIdentities(IEnumerable<ClaimsIdentity> identities) => throw SharedIdentity.Refused();

    public override ClaimsPrincipal Clone() => new(identity.Clone());
}

internal sealed class SharedIdentity(IEnumerable<Claim> claims, string scheme)
    : ClaimsIdentity(claims, scheme, "sub", "roles")
{
    public static InvalidOperationException Refused() =>
        new("The caller is shared by all requests with the token. Change a clone: principal.Clone().");

    public override void AddClaim(Claim claim) => throw Refused();

    public override void AddClaims(IEnumerable<Claim?> claims) => throw Refused();

    public override void RemoveClaim(Claim? claim) => throw Refused();

    public override bool TryRemoveClaim(Claim? claim) => throw Refused();

    public override ClaimsIdentity Clone() => new(Claims, AuthenticationType, NameClaimType, RoleClaimType);
}
