using Turnstone.Model;

namespace Turnstone.Server.Settings;

/// <summary>What the portal lets customers do by themselves.</summary>
public sealed record PortalSettings
{
    [Setting("Whether anyone may make an account in the portal. `false` leaves that to the provisioning file.")]
    public bool SignUp { get; init; } = true;

    [Setting(
        "The scopes that a customer may give to API keys and applications of his own, "
            + "each as `name` or as `name=a sentence that says what it allows`. Whatever else a service knows, "
            + "only an administrator or the provisioning file gives.",
        Default = "`openid`, `profile`, `email`, `offline_access`, `individuals.read`"
    )]
    public IReadOnlyList<string> Scopes { get; init; } =
    ["openid", "profile", "email", "offline_access", "individuals.read"];

    /// <summary>The offered scopes, in the operator's order.</summary>
    public IReadOnlyList<OfferedScope> Offered => [.. Scopes.Select(OfferedScope.Read)];

    /// <summary>The same as a set, to hold a customer's choice against.</summary>
    public Scopes OfferedScopes => Turnstone.Model.Scopes.Of(Offered.Select(scope => scope.Name));

    /// <summary>The offered scopes with anything that a scope may not hold (RFC 6749 §3.3).</summary>
    internal IEnumerable<string> UnreadableScopes =>
        Scopes.Where(text =>
            OfferedScope.Read(text).Name is var name
            && (
                name.Length == 0
                || name.Contains(' ', StringComparison.Ordinal)
                || !Turnstone.Model.Scopes.TryParse(name, out _)
            )
        );
}

/// <summary>A scope that customers may choose.</summary>
/// <param name="Name">As a token carries it.</param>
/// <param name="Meaning">What it allows, in the operator's words; null where the portal has words of its own, or
/// none.</param>
public sealed record OfferedScope(string Name, string? Meaning)
{
    internal static OfferedScope Read(string text)
    {
        var parts = text.Split('=', 2, StringSplitOptions.TrimEntries);
        return new(parts[0], parts is [_, { Length: > 0 } meaning] ? meaning : null);
    }
}
