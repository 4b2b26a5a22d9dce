namespace Turnstone.Authorization;

/// <summary>What sets one contract's authorize page apart from another's.</summary>
/// <param name="Family">The family of contracts its codes are exchanged in.</param>
/// <param name="CodeLife">How long a code works.</param>
public sealed record AuthorizationRules(string Family, TimeSpan CodeLife)
{
    /// <summary>Whether requests may be pushed ahead (RFC 9126).</summary>
    public bool TakesPushed { get; init; }

    /// <summary>Whether clients may come by a metadata document.</summary>
    public bool TakesDescribed { get; init; }

    /// <summary>Whether no request is taken that was not pushed, whoever's it is (RFC 9126 §5).</summary>
    public bool MustPush { get; init; }

    /// <summary>Whether every client sends a PKCE challenge, but those that are registered as older.</summary>
    public bool NeedsChallenge { get; init; }

    /// <summary>Whether the parameter <c>claims</c> is read (OpenID Connect Core §5.5).</summary>
    public bool TakesClaims { get; init; }

    /// <summary>Whether scopes may be separated by commas too.</summary>
    public bool Commas { get; init; }

    /// <summary>
    /// The types of token that a code may be bound to by <c>token_type</c>; none where a contract has but one.
    /// </summary>
    public IReadOnlyList<string> TokenTypes { get; init; } = [];

    /// <summary>The type whose token reaches beyond the one who consents, who therefore has to be told.</summary>
    public const string CompanyType = "company";
}
