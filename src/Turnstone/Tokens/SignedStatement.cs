using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using Turnstone.Tokens.Keys;

namespace Turnstone.Tokens;

/// <summary>
/// A JWT of somebody who has keys that are known here, as every kind of assertion is read (RFC 7523 §3). Until
/// <see cref="IsSignedBy"/> it is a claim of anybody's.
/// </summary>
internal sealed class SignedStatement
{
    /// <summary>How long after it was issued one is taken: as long has it to be remembered.</summary>
    public static readonly TimeSpan LongestAge = TimeSpan.FromMinutes(5);

    /// <summary>The longest <c>jti</c>.</summary>
    public const int LongestId = 256;

    private readonly byte[] signature;

    private SignedStatement(string text, JsonElement header, byte[] signature)
    {
        this.signature = signature;
        SignedText = text[..text.LastIndexOf('.')];
        Algorithm = StrictJson.Text(header, "alg"u8)!;
        Kid = StrictJson.Text(header, "kid"u8);
    }

    /// <summary>The header <c>alg</c>.</summary>
    public string Algorithm { get; }

    /// <summary>The key that it names; null where it names none.</summary>
    public string? Kid { get; }

    public string SignedText { get; }

    /// <summary>Reads one; false for what no key could make good.</summary>
    /// <param name="text">The JWT.</param>
    /// <param name="longest">The longest that is looked at.</param>
    /// <param name="isKind">Whether <c>typ</c>, in capitals, says that it is of this kind; null where there is none.
    /// Other things that the same key may have signed say there what they are (RFC 8725 §3.11).</param>
    /// <param name="make">What it is, of its claims; null where they are no such thing.</param>
    /// <param name="statement">What was made.</param>
    public static bool TryRead<T>(
        string text,
        int longest,
        Predicate<string?> isKind,
        Func<SignedStatement, JsonElement, T?> make,
        [NotNullWhen(true)] out T? statement
    )
        where T : class
    {
        ArgumentNullException.ThrowIfNull(text);
        statement = null;
        if (
            text.Length > longest
            || !CompactJws.TrySplit(text, out var header, out var payload, out var signature)
            || !StrictJson.TryParse(header, out var headerJson)
        )
        {
            return false;
        }

        using (headerJson)
        {
            if (!HeaderFits(headerJson.RootElement, isKind) || !StrictJson.TryParse(payload, out var payloadJson))
            {
                return false;
            }

            using (payloadJson)
            {
                statement = make(new(text, headerJson.RootElement, signature), payloadJson.RootElement);
            }
        }

        return statement is not null;
    }

    /// <summary>Whether a claim is a time, or not there.</summary>
    public static bool IsTimeOrMissing(JsonElement payload, ReadOnlySpan<byte> name) =>
        !payload.TryGetProperty(name, out _) || StrictJson.Time(payload, name) is not null;

    /// <summary>Whether one of these keys has signed it.</summary>
    public bool IsSignedBy(VerificationKeys keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        return keys.Verify(Algorithm, Kid, Encoding.ASCII.GetBytes(SignedText), signature);
    }

    private static bool HeaderFits(JsonElement header, Predicate<string?> isKind) =>
        !CompactJws.BringsItsOwnRules(header)
        && StrictJson.Text(header, "alg"u8) is { } alg
        && VerificationKeys.Algorithms.Contains(alg)
        && (!header.TryGetProperty("kid"u8, out var kid) || StrictJson.Text(kid) is not null)
        && (
            header.TryGetProperty("typ"u8, out var typ)
                ? StrictJson.Text(typ)?.ToUpperInvariant() is { } kind && isKind(kind)
                : isKind(null)
        );
}
