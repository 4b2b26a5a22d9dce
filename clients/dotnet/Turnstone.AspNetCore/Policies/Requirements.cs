using System.Globalization;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;

namespace Turnstone.AspNetCore.Policies;

/// <summary>The scopes that a call needs, all of them.</summary>
internal sealed class ScopeRequirement(IReadOnlyList<string> scopes) : IAuthorizationRequirement
{
    public IReadOnlyList<string> Scopes => scopes;
}

/// <summary>How strong and how recent the sign-in has to be (RFC 9470).</summary>
internal sealed class SignInRequirement(IReadOnlyList<string> levels, TimeSpan? maxAge) : IAuthorizationRequirement
{
    /// <summary>The values of <c>acr</c> of which one is enough; empty for any.</summary>
    public IReadOnlyList<string> Levels => levels;

    public TimeSpan? MaxAge => maxAge;

    /// <summary>What a client has to ask for.</summary>
    public IEnumerable<(string Name, string Value)> Asked
    {
        get
        {
            if (levels.Count > 0)
            {
                yield return ("acr_values", string.Join(' ', levels));
            }

            if (maxAge is { } age)
            {
                yield return ("max_age", ((long)age.TotalSeconds).ToString(CultureInfo.InvariantCulture));
            }
        }
    }
}

/// <summary>What the credential of a request has not, for the challenge.</summary>
internal sealed class Lacks
{
    public List<string> Scopes { get; } = [];

    public SignInRequirement? SignIn { get; set; }

    /// <summary>Null where the rules are asked about something else than a request.</summary>
    public static Lacks? Of(AuthorizationHandlerContext context)
    {
        if (context.Resource is not HttpContext http)
        {
            return null;
        }

        var lacks = http.Features.Get<Lacks>() ?? new Lacks();
        http.Features.Set(lacks);
        return lacks;
    }
}
