using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;

namespace Turnstone.AspNetCore.Policies;

internal sealed class ScopeHandler : AuthorizationHandler<ScopeRequirement>
{
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, ScopeRequirement requirement)
    {
        foreach (var scope in requirement.Scopes)
        {
            if (!Has(context.User, scope))
            {
                Lacks.Of(context)?.Scopes.AddRange(requirement.Scopes);
                return Task.CompletedTask;
            }
        }

        context.Succeed(requirement);
        return Task.CompletedTask;
    }

    private static bool Has(ClaimsPrincipal user, string scope)
    {
        foreach (var claim in user.Claims)
        {
            if (claim.Type == "scope" && Lists(claim.Value, scope))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Lists(ReadOnlySpan<char> scopes, string scope)
    {
        foreach (var range in scopes.Split(' '))
        {
            if (scopes[range].SequenceEqual(scope))
            {
                return true;
            }
        }

        return false;
    }
}

internal sealed class SignInHandler(Guards guards) : AuthorizationHandler<SignInRequirement>
{
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, SignInRequirement requirement)
    {
        if (IsStrong(context.User, requirement) && IsRecent(context.User, requirement))
        {
            context.Succeed(requirement);
        }
        else if (Lacks.Of(context) is { } lacks)
        {
            lacks.SignIn = requirement;
        }

        return Task.CompletedTask;
    }

    private static bool IsStrong(ClaimsPrincipal user, SignInRequirement requirement) =>
        requirement.Levels.Count == 0
        || (user.FindFirst("acr")?.Value is { } acr && requirement.Levels.Contains(acr, StringComparer.Ordinal));

    private bool IsRecent(ClaimsPrincipal user, SignInRequirement requirement) =>
        requirement.MaxAge is not { } most
        || (
            user.Identity?.AuthenticationType is { } scheme
            && long.TryParse(user.FindFirst("auth_time")?.Value, CultureInfo.InvariantCulture, out var at)
            && guards.Of(scheme).Options.Time.GetUtcNow().ToUnixTimeSeconds() - at <= most.TotalSeconds
        );
}
