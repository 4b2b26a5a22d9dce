using System.Diagnostics.CodeAnalysis;

namespace Turnstone.Tokens;

/// <summary>Why a text is not an access token to act on.</summary>
public enum AccessTokenFault
{
    /// <summary>No token was given.</summary>
    Missing,

    /// <summary>Longer than <see cref="AccessTokenReader.LongestToken"/>.</summary>
    TooLarge,

    /// <summary>Not three canonical base64url parts holding JSON objects without repeated members.</summary>
    Malformed,

    /// <summary>
    /// A header that is of another kind of token, or asks to be verified in a way of its own (<c>jku</c>, <c>jwk</c>,
    /// <c>x5u</c>, <c>x5c</c>, <c>crit</c>).
    /// </summary>
    HeaderRefused,

    /// <summary>Not signed by a key in force here: unknown, dropped or retired.</summary>
    UnknownKey,

    /// <summary>The header's <c>alg</c> is not the algorithm of the key it names.</summary>
    WrongAlgorithm,

    BadSignature,

    /// <summary>Authentic, but a claim is missing or of the wrong type.</summary>
    ClaimsRefused,

    WrongIssuer,

    WrongAudience,

    NotYetValid,

    /// <summary>
    /// It was good, and its time is over: a refresh helps, where for every other fault only a new login may.
    /// </summary>
    Expired,

    /// <summary>Its session was revoked.</summary>
    Revoked,

    /// <summary>It is bound to a key (RFC 9449 §7.2), and came without a proof of it.</summary>
    Bound,
}

/// <summary>What came of reading a token: its claims, or the fault in their place.</summary>
public readonly record struct AccessTokenReading
{
    private AccessTokenReading(AccessTokenClaims? claims, AccessTokenFault fault) =>
        (Claims, this.fault) = (claims, fault);

    private readonly AccessTokenFault fault;

    public AccessTokenClaims? Claims { get; }

    /// <summary>Null for a good token.</summary>
    public AccessTokenFault? Fault => Claims is null ? fault : null;

    public bool Good([NotNullWhen(true)] out AccessTokenClaims? claims)
    {
        claims = Claims;
        return claims is not null;
    }

    internal static AccessTokenReading Of(AccessTokenClaims claims) => new(claims, default);

    internal static AccessTokenReading Of(AccessTokenFault fault) => new(null, fault);
}
