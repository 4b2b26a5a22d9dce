using System.Diagnostics.CodeAnalysis;
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

    /// <summary>
    /// <c>exp</c> is further ahead than <see cref="ClientAssertion.LongestLife"/>, and it does not say when it was
    /// issued.
    /// </summary>
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

    /// <summary>How long one is taken: after <c>iat</c>, or before <c>exp</c> where it does not say when it was
    /// issued. As long has its <c>jti</c> to be remembered.</summary>
    public static readonly TimeSpan LongestLife = SignedStatement.LongestAge;

    private const int MostAudiences = 8;

    private readonly SignedStatement statement;
    private readonly string[] audiences;
    private readonly bool audienceIsText;
    private readonly DateTimeOffset expires;
    private readonly DateTimeOffset? issued;
    private readonly DateTimeOffset begins;

    private ClientAssertion(SignedStatement statement, JsonElement payload)
    {
        this.statement = statement;
        ClientId = StrictJson.Text(payload, "sub"u8)!;
        TokenId = StrictJson.Text(payload, "jti"u8)!;
        audiences = StrictJson.Texts(payload, "aud"u8);
        audienceIsText = payload.GetProperty("aud"u8).ValueKind is JsonValueKind.String;
        expires = StrictJson.Time(payload, "exp"u8)!.Value;
        issued = StrictJson.Time(payload, "iat"u8);
        begins = new[] { issued, StrictJson.Time(payload, "nbf"u8) }.Max() ?? DateTimeOffset.MinValue;
    }

    /// <summary>The header <c>alg</c>.</summary>
    public string Algorithm => statement.Algorithm;

    /// <summary>The client that it says it is of.</summary>
    public string ClientId { get; }

    /// <summary>The key that it names; null where it names none.</summary>
    public string? Kid => statement.Kid;

    /// <summary>The claim <c>jti</c>.</summary>
    public string TokenId { get; }

    /// <summary>From when on it is not taken. Libraries that let one be good for an hour say when they issued it: it is
    /// taken as long as any other.</summary>
    public DateTimeOffset ExpiresAt =>
        issued is { } from && from + LongestLife < expires ? from + LongestLife : expires;

    /// <summary>False for what no key could make good.</summary>
    public static bool TryRead(string text, [NotNullWhen(true)] out ClientAssertion? assertion) =>
        SignedStatement.TryRead(
            text,
            LongestText,
            typ => typ is null or "JWT" or "CLIENT-AUTHENTICATION+JWT" or "APPLICATION/CLIENT-AUTHENTICATION+JWT",
            (statement, payload) => PayloadFits(payload) ? new ClientAssertion(statement, payload) : null,
            out assertion
        );

    /// <summary>Whether one of these keys has signed it.</summary>
    public bool IsSignedBy(VerificationKeys keys) => statement.IsSignedBy(keys);

    /// <summary>What keeps it from being taken here and now; null for nothing.</summary>
    /// <param name="expected">The names of this server: an assertion that names another too could be taken to it, or
    /// have come from it.</param>
    /// <param name="now">The time.</param>
    /// <param name="asText">Whether <c>aud</c> must be one text and no list.</param>
    public AssertionFault? FaultAt(IReadOnlyCollection<string> expected, DateTimeOffset now, bool asText = false) =>
        (asText && !audienceIsText) || !Array.TrueForAll(audiences, expected.Contains) ? AssertionFault.WrongAudience
        : begins > now + AccessTokenLimits.Skew ? AssertionFault.NotYetValid
        : now >= ExpiresAt + AccessTokenLimits.Skew ? AssertionFault.Expired
        : ExpiresAt > now + LongestLife + AccessTokenLimits.Skew ? AssertionFault.TooLong
        : null;

    /// <summary>Shows no more than whose it says it is.</summary>
    public override string ToString() => $"an assertion of {ClientId}";

    private static bool PayloadFits(JsonElement payload) =>
        StrictJson.Text(payload, "sub"u8) is { Length: > 0 } sub
        && StrictJson.Text(payload, "iss"u8) == sub
        && StrictJson.Text(payload, "jti"u8) is { Length: > 0 and <= SignedStatement.LongestId }
        && StrictJson.Texts(payload, "aud"u8).Length is > 0 and <= MostAudiences
        && StrictJson.Time(payload, "exp"u8) is not null
        && SignedStatement.IsTimeOrMissing(payload, "iat"u8)
        && SignedStatement.IsTimeOrMissing(payload, "nbf"u8);
}
