using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using Turnstone.Model;
using Turnstone.Tokens.Keys;

namespace Turnstone.Tokens;

/// <summary>Why an assertion that the client has signed is not taken.</summary>
public enum AssertionFault
{
    /// <summary><c>aud</c> names somebody else, be it beside us.</summary>
    WrongAudience,

    Expired,

    /// <summary><c>exp</c> is further ahead than <see cref="ClientAssertion.LongestLife"/>.</summary>
    TooLong,

    NotYetValid,
}

/// <summary>
/// A JWT by which a client proves itself (RFC 7523 §3). It is read before anything is proven, because it says whose
/// keys to ask; until <see cref="IsSignedBy"/> it is a claim of anybody's.
/// </summary>
public sealed class ClientAssertion
{
    /// <summary>The value of <c>client_assertion_type</c> (RFC 7523 §2.2).</summary>
    public const string Type = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

    /// <summary>The longest that is looked at.</summary>
    public const int LongestText = 4 * 1024;

    /// <summary>How far ahead <c>exp</c> may be: as long has its <c>jti</c> to be remembered.</summary>
    public static readonly TimeSpan LongestLife = TimeSpan.FromMinutes(5);

    private const int LongestId = 256;
    private const int MostAudiences = 8;

    private readonly string text;
    private readonly byte[] signature;
    private readonly string[] audiences;
    private readonly bool audienceIsText;
    private readonly DateTimeOffset begins;

    private ClientAssertion(string text, JsonElement header, JsonElement payload, byte[] signature)
    {
        (this.text, this.signature) = (text, signature);
        Algorithm = StrictJson.Text(header, "alg"u8)!;
        Kid = StrictJson.Text(header, "kid"u8);
        ClientId = StrictJson.Text(payload, "sub"u8)!;
        TokenId = StrictJson.Text(payload, "jti"u8)!;
        audiences = StrictJson.Texts(payload, "aud"u8);
        audienceIsText = payload.GetProperty("aud"u8).ValueKind is JsonValueKind.String;
        ExpiresAt = StrictJson.Time(payload, "exp"u8)!.Value;
        var (issued, notBefore) = (StrictJson.Time(payload, "iat"u8), StrictJson.Time(payload, "nbf"u8));
        begins = new[] { issued, notBefore }.Max() ?? DateTimeOffset.MinValue;
    }

    /// <summary>The header <c>alg</c>.</summary>
    public string Algorithm { get; }

    /// <summary>The client that it says it is of.</summary>
    public string ClientId { get; }

    /// <summary>The key that it names; null where it names none.</summary>
    public string? Kid { get; }

    /// <summary>The claim <c>jti</c>.</summary>
    public string TokenId { get; }

    public DateTimeOffset ExpiresAt { get; }

    /// <summary>False for what no key could make good.</summary>
    public static bool TryRead(string text, [NotNullWhen(true)] out ClientAssertion? assertion)
    {
        ArgumentNullException.ThrowIfNull(text);
        assertion = null;
        if (
            text.Length > LongestText
            || !CompactJws.TrySplit(text, out var header, out var payload, out var signature)
            || !StrictJson.TryParse(header, out var headerJson)
        )
        {
            return false;
        }

        using (headerJson)
        {
            if (!HeaderFits(headerJson.RootElement) || !StrictJson.TryParse(payload, out var payloadJson))
            {
                return false;
            }

            using (payloadJson)
            {
                if (PayloadFits(payloadJson.RootElement))
                {
                    assertion = new ClientAssertion(text, headerJson.RootElement, payloadJson.RootElement, signature);
                }
            }
        }

        return assertion is not null;
    }

    /// <summary>Whether one of these keys has signed it.</summary>
    public bool IsSignedBy(VerificationKeys keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        return keys.Verify(Algorithm, Kid, Encoding.ASCII.GetBytes(text[..text.LastIndexOf('.')]), signature);
    }

    /// <summary>What keeps it from being taken here and now; null for nothing.</summary>
    /// <param name="expected">The names of this server: an assertion that names another too could be taken to it, or
    /// have come from it.</param>
    /// <param name="now">The time.</param>
    /// <param name="asText">Whether <c>aud</c> must be one text and no list.</param>
    public AssertionFault? FaultAt(IReadOnlyCollection<string> expected, DateTimeOffset now, bool asText = false) =>
        (asText && !audienceIsText) || !Array.TrueForAll(audiences, expected.Contains) ? AssertionFault.WrongAudience
        : now >= ExpiresAt + AccessTokenLimits.Skew ? AssertionFault.Expired
        : ExpiresAt > now + LongestLife + AccessTokenLimits.Skew ? AssertionFault.TooLong
        : begins > now + AccessTokenLimits.Skew ? AssertionFault.NotYetValid
        : null;

    /// <summary>Shows no more than whose it says it is.</summary>
    public override string ToString() => $"an assertion of {ClientId}";

    // Other things that the same key may have signed (an access token, a proof of possession) say in typ what they are
    // (RFC 8725 §3.11).
    private static bool HeaderFits(JsonElement header) =>
        !CompactJws.BringsItsOwnRules(header)
        && StrictJson.Text(header, "alg"u8) is { } alg
        && VerificationKeys.Algorithms.Contains(alg)
        && (!header.TryGetProperty("kid"u8, out var kid) || StrictJson.Text(kid) is not null)
        && (
            !header.TryGetProperty("typ"u8, out var typ)
            || StrictJson.Text(typ)?.ToUpperInvariant()
                is "JWT"
                    or "CLIENT-AUTHENTICATION+JWT"
                    or "APPLICATION/CLIENT-AUTHENTICATION+JWT"
        );

    private static bool PayloadFits(JsonElement payload) =>
        StrictJson.Text(payload, "sub"u8) is { Length: > 0 } sub
        && StrictJson.Text(payload, "iss"u8) == sub
        && StrictJson.Text(payload, "jti"u8) is { Length: > 0 and <= LongestId }
        && StrictJson.Texts(payload, "aud"u8).Length is > 0 and <= MostAudiences
        && StrictJson.Time(payload, "exp"u8) is not null
        && (!payload.TryGetProperty("iat"u8, out _) || StrictJson.Time(payload, "iat"u8) is not null)
        && (!payload.TryGetProperty("nbf"u8, out _) || StrictJson.Time(payload, "nbf"u8) is not null);
}
