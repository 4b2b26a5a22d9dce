using Turnstone.Model;

namespace Turnstone.Directory;

/// <summary>What a request for tokens comes to: for which APIs, and with which scopes.</summary>
public sealed record Target(Resources Resources, Scopes Scopes);

/// <summary>
/// Which APIs a request means by <c>resource</c> (RFC 8707) and which of the client's scopes go with them. Who names
/// none means the one that the scopes asked for are of, and the API of the settings where that says nothing.
/// </summary>
public static class ResourceChoice
{
    /// <param name="apis">Those there are.</param>
    /// <param name="named">The resources that were sent.</param>
    /// <param name="asked">The scopes asked for; none for all that go with the resources.</param>
    /// <param name="allowed">What the client may have at the most.</param>
    /// <param name="open">The APIs that it may use whatever scopes they have.</param>
    public static Outcome<Target> Choose(
        this Apis apis,
        IReadOnlyCollection<string> named,
        Scopes? asked,
        Scopes allowed,
        Resources open
    )
    {
        ArgumentNullException.ThrowIfNull(apis);
        ArgumentNullException.ThrowIfNull(named);
        ArgumentNullException.ThrowIfNull(allowed);
        ArgumentNullException.ThrowIfNull(open);
        allowed = apis.Standing(allowed);
        if (asked?.Within(allowed) is false)
        {
            return Refusals.InvalidScope;
        }

        if (!Meant(apis, named, asked).Granted(out var meant, out var refusal))
        {
            return refusal;
        }

        if (Array.Find(meant, api => !IsFor(apis, api, allowed, open)) is { } closed)
        {
            return Refusals.InvalidTarget(
                $"The client is registered for no scope of {closed.Identifier}.",
                "Ask the provider to register it for one, or name another resource."
            );
        }

        var scopes = Scopes.Of(allowed.Names.Where(scope => IsOf(apis, scope, meant)));
        if (asked is { IsEmpty: false })
        {
            return asked.Within(scopes) ? new Target(Named(apis, meant), asked) : OfAnother(apis, asked, scopes);
        }

        return new Target(Named(apis, meant), scopes);
    }

    /// <summary>
    /// The identifier of the API that one token is for, of those that were granted: the one that is named, or else the
    /// first.
    /// </summary>
    public static Outcome<string> Pick(this Apis apis, Resources granted, IReadOnlyCollection<string> named)
    {
        ArgumentNullException.ThrowIfNull(apis);
        ArgumentNullException.ThrowIfNull(granted);
        ArgumentNullException.ThrowIfNull(named);
        if (named.Count == 0)
        {
            return granted.IsEmpty ? apis.Default.Identifier : granted.Identifiers[0];
        }

        string[] those = granted.IsEmpty ? [apis.Default.Identifier] : [.. granted.Identifiers];
        string[] wanted = [.. named.Distinct(StringComparer.Ordinal)];
        return wanted switch
        {
            [var one] when those.Contains(one) => one,
            [_] => Refusals.InvalidTarget(
                "The resource is none of those that were granted.",
                $"Send {string.Join(" or ", those)} as resource, or leave it out."
            ),
            _ => Refusals.InvalidTarget(
                "A token is for one resource.",
                $"Send one of {string.Join(", ", those)} as resource in each request."
            ),
        };
    }

    /// <summary>
    /// Those of the scopes that a token for one of the granted APIs has. What was granted for the API of the settings
    /// alone stays as it was, whatever is registered since.
    /// </summary>
    public static Scopes ScopesFor(this Apis apis, string identifier, Resources granted, Scopes scopes)
    {
        ArgumentNullException.ThrowIfNull(apis);
        ArgumentNullException.ThrowIfNull(granted);
        ArgumentNullException.ThrowIfNull(scopes);

        // Most tokens are for no registered API: nothing is made for the question.
        return granted.IsEmpty ? scopes : ScopesOf(apis, identifier, scopes);
    }

    private static Scopes ScopesOf(Apis apis, string identifier, Scopes scopes)
    {
        // One that this node has not heard of yet has what is of no other.
        var unknown = apis.Find(identifier) is null;
        return Scopes.Of(
            apis.Standing(scopes)
                .Names.Where(scope =>
                    IdentityScopes.All.Contains(scope)
                    || (apis.OwnerOf(scope).Identifier is var owner && owner == identifier)
                    || (unknown && owner == apis.Default.Identifier)
                )
        );
    }

    /// <summary>The highest level that any of these APIs demands; null where none does.</summary>
    public static SignInLevel? LevelOf(this Apis apis, Resources resources)
    {
        ArgumentNullException.ThrowIfNull(apis);
        ArgumentNullException.ThrowIfNull(resources);
        return resources.Identifiers.Select(identifier => apis.Find(identifier)?.Level).Max();
    }

    private static Outcome<Api[]> Meant(Apis apis, IReadOnlyCollection<string> named, Scopes? asked)
    {
        if (named.Count == 0)
        {
            return OfScopes(apis, asked);
        }

        Api?[] found = [.. named.Distinct(StringComparer.Ordinal).Select(apis.Find)];
        return found.Length > Resources.Most
                ? Refusals.InvalidTarget($"More than {Resources.Most} resources were named.", "Name fewer.")
            : Array.Exists(found, api => api is null)
                ? Refusals.InvalidTarget(
                    "A resource is none of this server's APIs.",
                    $"Send the identifier of one, or leave it out for {apis.Default.Identifier}."
                )
            : found!;
    }

    private static Outcome<Api[]> OfScopes(Apis apis, Scopes? asked)
    {
        Api[] owners =
        [
            .. (asked ?? Scopes.None)
                .Without(IdentityScopes.All)
                .Names.Select(apis.OwnerOf)
                .DistinctBy(api => api.Identifier),
        ];
        return owners.Length switch
        {
            0 => new[] { apis.Default },
            1 => owners,
            _ => Refusals.InvalidTarget(
                "The scopes are of several APIs.",
                $"Send {string.Join(" or ", owners.Select(api => api.Identifier))} as resource, with its scopes."
            ),
        };
    }

    private static Refusal OfAnother(Apis apis, Scopes asked, Scopes scopes)
    {
        var first = asked.Without(scopes).Names[0];
        return Refusals.InvalidScope with
        {
            Reason = $"The scope {first} is of another resource.",
            NextStep = $"Send {apis.OwnerOf(first).Identifier} as resource for it, or leave the scope out.",
        };
    }

    // One that nobody has been let to is open to nobody, whether or not it has scopes.
    private static bool IsFor(Apis apis, Api api, Scopes allowed, Resources open) =>
        api == apis.Default
        || open.Identifiers.Contains(api.Identifier)
        || api.ScopeNames.Names.Any(allowed.Contains);

    private static bool IsOf(Apis apis, string scope, Api[] meant) =>
        IdentityScopes.All.Contains(scope)
        || (apis.OwnerOf(scope).Identifier is var owner && Array.Exists(meant, api => api.Identifier == owner));

    // The one of the settings alone is what tokens are for anyway, also where the settings name it otherwise later.
    private static Resources Named(Apis apis, Api[] meant) =>
        meant is [var one] && one == apis.Default ? Resources.None : Resources.Of(meant.Select(api => api.Identifier));
}
