using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Turnstone.Model;
using Turnstone.Tokens.Keys;

namespace Turnstone.Tokens;

/// <summary>Why an assertion of somebody else's issuer is not taken.</summary>
public enum ForeignFault
{
    /// <summary><c>aud</c> is another, or names somebody beside the one that it has to name.</summary>
    WrongAudience,

    Expired,

    /// <summary>It was issued more than <see cref="ForeignAssertion.LongestAge"/> ago.</summary>
    TooOld,

    NotYetValid,
}

/// <summary>
/// A JWT of an issuer that is trusted to say who somebody is (RFC 7523 §3). Until <see cref="IsSignedBy"/> it is a
/// claim of anybody's.
/// </summary>
public sealed class ForeignAssertion
{
    /// <summary>The longest that is looked at.</summary>
    public const int LongestText = 8 * 1024;

    /// <summary>How long after it was issued one is taken: as long has it to be remembered.</summary>
    public static readonly TimeSpan LongestAge = SignedStatement.LongestAge;

    private const int MostClaims = 100;

    private readonly SignedStatement statement;
    private readonly DateTimeOffset issuedAt;
    private readonly DateTimeOffset expiresAt;
    private readonly DateTimeOffset begins;
    private readonly string? tokenId;

    private ForeignAssertion(SignedStatement statement, JsonElement payload)
    {
        this.statement = statement;
        Issuer = StrictJson.Text(payload, "iss"u8)!;
        Subject = StrictJson.Text(payload, "sub"u8)!;
        tokenId = StrictJson.Text(payload, "jti"u8);
        Audiences = StrictJson.Texts(payload, "aud"u8);
        Resources = StrictJson.Texts(payload, "resource"u8);
        ClientId = StrictJson.Text(payload, "client_id"u8);
        (issuedAt, expiresAt) = (StrictJson.Time(payload, "iat"u8)!.Value, StrictJson.Time(payload, "exp"u8)!.Value);
        begins = StrictJson.Time(payload, "nbf"u8) is { } notBefore && notBefore > issuedAt ? notBefore : issuedAt;
        Claims = payload
            .EnumerateObject()
            .Select(claim => (claim.Name, Text: TextOf(claim.Value)))
            .Where(claim => claim.Text is not null)
            .ToDictionary(claim => claim.Name, claim => claim.Text!);
    }

    /// <summary>The key that it names; null where it names none.</summary>
    public string? Kid => statement.Kid;

    public string Issuer { get; }

    public string Subject { get; }

    public IReadOnlyList<string> Audiences { get; }

    /// <summary>The claim <c>resource</c>: what a token is wanted for; none where it says nothing.</summary>
    public IReadOnlyList<string> Resources { get; }

    /// <summary>The claim <c>client_id</c>; null where there is none.</summary>
    public string? ClientId { get; }

    /// <summary>The claims that are texts, numbers, true or false.</summary>
    public IReadOnlyDictionary<string, string> Claims { get; }

    /// <summary>Until when it has to be remembered: no longer than it is young enough.</summary>
    public DateTimeOffset SpentUntil =>
        (expiresAt < issuedAt + LongestAge ? expiresAt : issuedAt + LongestAge) + AccessTokenLimits.Skew;

    /// <summary>
    /// What it is known by when it comes again: its <c>jti</c>, or what was signed where it has none. The signature is
    /// not part of it: there may be a second one for the same text.
    /// </summary>
    /// <param name="registered">The keys that were registered for this issuer, if they were: whoever registers keys
    /// for an issuer's name must not be able to use up what the issuer itself will sign.</param>
    public byte[] FingerprintBy(VerificationKeys? registered)
    {
        var name = tokenId is null ? statement.SignedText : $"jti\n{tokenId}";
        return SHA256.HashData(Encoding.UTF8.GetBytes($"foreign assertion\n{Issuer}\n{registered?.Text}\n{name}"));
    }

    /// <summary>Reads what says who a program is; false for what no key could make good.</summary>
    public static bool TryRead(string text, [NotNullWhen(true)] out ForeignAssertion? assertion) =>
        TryRead(text, IsPlain, _ => true, out assertion);

    /// <summary>
    /// Reads what says for whom a client acts (draft-ietf-oauth-identity-assertion-authz-grant §3). Each names its
    /// client and has a name of its own.
    /// </summary>
    public static bool TryReadIdJag(string text, [NotNullWhen(true)] out ForeignAssertion? assertion) =>
        TryRead(text, typ => typ is "OAUTH-ID-JAG+JWT" or "APPLICATION/OAUTH-ID-JAG+JWT", PersonFits, out assertion);

    private static bool TryRead(
        string text,
        Predicate<string?> isKind,
        Predicate<JsonElement> fits,
        [NotNullWhen(true)] out ForeignAssertion? assertion
    ) =>
        SignedStatement.TryRead(
            text,
            LongestText,
            isKind,
            (statement, payload) =>
                PayloadFits(payload) && fits(payload) ? new ForeignAssertion(statement, payload) : null,
            out assertion
        );

    /// <summary>Whether one of these keys has signed it.</summary>
    public bool IsSignedBy(VerificationKeys keys) => statement.IsSignedBy(keys);

    /// <summary>What keeps it from being taken here and now; null for nothing.</summary>
    public ForeignFault? FaultAt(string audience, DateTimeOffset now) =>
        Audiences is not [var only] || only != audience ? ForeignFault.WrongAudience
        : now >= expiresAt + AccessTokenLimits.Skew ? ForeignFault.Expired
        : now >= issuedAt + LongestAge + AccessTokenLimits.Skew ? ForeignFault.TooOld
        : begins > now + AccessTokenLimits.Skew ? ForeignFault.NotYetValid
        : null;

    /// <summary>Shows no more than whose it says it is.</summary>
    public override string ToString() => $"an assertion of {Issuer}";

    // JOSE is a JWT-SVID's other word.
    private static bool IsPlain(string? typ) => typ is null or "JWT" or "JOSE";

    private static bool PayloadFits(JsonElement payload) =>
        StrictJson.Text(payload, "iss"u8) is { Length: > 0 }
        && StrictJson.Text(payload, "sub"u8) is { Length: > 0 }
        && StrictJson.Time(payload, "iat"u8) is not null
        && StrictJson.Time(payload, "exp"u8) is not null
        && SignedStatement.IsTimeOrMissing(payload, "nbf"u8)
        && (!payload.TryGetProperty("jti"u8, out var jti) || IsId(StrictJson.Text(jti)))
        && payload.EnumerateObject().Count() <= MostClaims;

    private static bool IsId(string? text) => text is { Length: > 0 and <= SignedStatement.LongestId };

    // What narrows is never passed over because it is of another type than it has to be.
    private static bool PersonFits(JsonElement payload) =>
        payload.TryGetProperty("jti"u8, out _)
        && StrictJson.Text(payload, "client_id"u8) is { Length: > 0 }
        && (!payload.TryGetProperty("scope"u8, out var scope) || Scopes.TryParse(StrictJson.Text(scope) ?? "\"", out _))
        && (!payload.TryGetProperty("resource"u8, out _) || IsNamed(StrictJson.Texts(payload, "resource"u8)))
        && (!payload.TryGetProperty("email"u8, out var email) || StrictJson.Text(email) is not null)
        && (
            !payload.TryGetProperty("email_verified"u8, out var verified)
            || verified.ValueKind is JsonValueKind.True or JsonValueKind.False
        );

    private static bool IsNamed(string[] resources) =>
        resources.Length > 0 && Array.TrueForAll(resources, resource => resource.Length > 0);

    private static string? TextOf(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.String => StrictJson.Text(value),
            JsonValueKind.True => "true",
            JsonValueKind.False => "false",
            JsonValueKind.Number when value.TryGetInt64(out var number) => number.ToString(
                CultureInfo.InvariantCulture
            ),
            _ => null,
        };
}
