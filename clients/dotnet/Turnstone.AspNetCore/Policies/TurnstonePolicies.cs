using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Turnstone.AspNetCore.Policies;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>What a call may ask of the token.</summary>
public static class TurnstonePolicies
{
    /// <summary>All of these scopes.</summary>
    public static AuthorizationPolicyBuilder RequireScope(
        this AuthorizationPolicyBuilder policy,
        params string[] scopes
    )
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentOutOfRangeException.ThrowIfZero(scopes.Length);
        return policy.AddRequirements(new ScopeRequirement([.. scopes]));
    }

    /// <summary>A sign-in of one of these levels (<c>acr</c>); otherwise it is asked for (RFC 9470).</summary>
    public static AuthorizationPolicyBuilder RequireAcr(this AuthorizationPolicyBuilder policy, params string[] levels)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentOutOfRangeException.ThrowIfZero(levels.Length);
        return policy.AddRequirements(new SignInRequirement([.. levels], maxAge: null));
    }

    /// <summary>A sign-in no older than this; otherwise the client is asked for one (RFC 9470).</summary>
    public static AuthorizationPolicyBuilder RequireRecentSignIn(this AuthorizationPolicyBuilder policy, TimeSpan age)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentOutOfRangeException.ThrowIfLessThan(age, TimeSpan.Zero);
        return policy.AddRequirements(new SignInRequirement([], age));
    }

    /// <summary>A credential of this API with all of these scopes.</summary>
    public static TBuilder RequireScope<TBuilder>(this TBuilder endpoints, params string[] scopes)
        where TBuilder : IEndpointConventionBuilder =>
        endpoints.RequireAuthorization(
            new AuthorizationPolicyBuilder().RequireAuthenticatedUser().RequireScope(scopes).Build()
        );

    /// <summary>The scopes that a policy asks for.</summary>
    public static IEnumerable<string> RequiredScopes(this AuthorizationPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        return policy
            .Requirements.OfType<ScopeRequirement>()
            .SelectMany(requirement => requirement.Scopes)
            .Distinct(StringComparer.Ordinal);
    }
}
