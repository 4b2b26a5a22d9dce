using System.Collections.Immutable;
using Turnstone.Tokens.Keys;

namespace Turnstone.Directory.Trust;

/// <summary>
/// Who may be a client without a secret: whoever shows an assertion of this issuer, for this audience, with these
/// claims (RFC 7523 §2.1).
/// </summary>
public sealed record TrustRule
{
    /// <summary>The most of one client.</summary>
    public const int Most = 10;

    public const int MostConditions = 10;
    public const int LongestAddress = 512;

    public required Guid Id { get; init; }

    public required string ClientId { get; init; }

    /// <summary>The claim <c>iss</c>, character for character.</summary>
    public required string Issuer { get; init; }

    /// <summary>The one audience that an assertion may have.</summary>
    public required string Audience { get; init; }

    public required ImmutableArray<ClaimCondition> Conditions { get; init; }

    /// <summary>The issuer's keys; null where they are found by its discovery document.</summary>
    public VerificationKeys? Keys { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When an assertion was last taken by it, and whose.</summary>
    public (DateTimeOffset At, string By)? Used { get; init; }

    /// <summary>When an assertion of the issuer was last refused, and what it lacked.</summary>
    public (DateTimeOffset At, string Lacked)? Refused { get; init; }

    public TrustWorld World => TrustWorld.Of(Issuer, Conditions);

    /// <summary>Whether it says the same as another.</summary>
    public bool Says(TrustRule other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Issuer == other.Issuer
            && Audience == other.Audience
            && Equals(Keys, other.Keys)
            && Conditions.ToHashSet().SetEquals(other.Conditions);
    }

    /// <summary>The first condition that these claims do not meet; null where they meet all.</summary>
    public ClaimCondition? Lacking(IReadOnlyDictionary<string, string> claims) =>
        Conditions.FirstOrDefault(condition => !condition.Matches(claims.GetValueOrDefault(condition.Name)));

    public override string ToString() => $"{Issuer}, {string.Join(", ", Conditions)}";
}
