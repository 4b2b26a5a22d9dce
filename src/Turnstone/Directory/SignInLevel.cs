namespace Turnstone.Directory;

/// <summary>How surely somebody has signed in, from less to more.</summary>
public enum SignInLevel
{
    Password,

    /// <summary>A password and something else, or a passkey.</summary>
    TwoFactors,

    /// <summary>A passkey: nobody signs in with it at the wrong place.</summary>
    PhishingResistant,
}

/// <summary>The levels as values of <c>acr</c> (OpenID Connect Core §2).</summary>
public static class SignInLevels
{
    private static readonly (SignInLevel Level, string Name)[] Known =
    [
        (SignInLevel.Password, "urn:turnstone:acr:password"),
        (SignInLevel.TwoFactors, "urn:turnstone:acr:two-factors"),
        // OpenID Connect Extended Authentication Profile ACR Values §2, registered at IANA.
        (SignInLevel.PhishingResistant, "phr"),
    ];

    public static IReadOnlyList<string> Names { get; } = [.. Known.Select(known => known.Name)];

    public static string NameOf(this SignInLevel level) => Array.Find(Known, known => known.Level == level).Name;

    /// <summary>Null for a name that says nothing here.</summary>
    public static SignInLevel? Read(string name) =>
        Array.Find(Known, known => known.Name == name) is { Name: not null } found ? found.Level : null;

    /// <summary>Those of these names that say something here, in their order (a list of preferences).</summary>
    public static IReadOnlyList<string> KnownOf(string? names) =>
        [.. (names ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(name => Read(name) is not null)];
}
