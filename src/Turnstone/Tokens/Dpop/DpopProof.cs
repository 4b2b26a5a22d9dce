using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using Turnstone.Tokens.Keys;

namespace Turnstone.Tokens.Dpop;

/// <summary>
/// A proof that whoever sends a request holds a key (RFC 9449 §4.2). Its signature is its own key's: that is all that
/// is known once it was read. What it is for is compared by <see cref="DpopCheck"/>.
/// </summary>
public sealed class DpopProof
{
    /// <summary>The longest that is looked at: a key of 4,096 bits and its signature fit.</summary>
    public const int LongestText = 4 * 1024;

    private const string Type = "dpop+jwt";
    private const int LongestId = 256;

    private DpopProof(string algorithm, string keyThumbprint, JsonElement payload)
    {
        (Algorithm, KeyThumbprint) = (algorithm, keyThumbprint);
        TokenId = StrictJson.Text(payload, "jti"u8)!;
        Method = StrictJson.Text(payload, "htm"u8)!;
        Url = StrictJson.Text(payload, "htu"u8)!;
        IssuedAt = StrictJson.Time(payload, "iat"u8)!.Value;
        Nonce = StrictJson.Text(payload, "nonce"u8);
        AccessTokenHash = StrictJson.Text(payload, "ath"u8);
    }

    /// <summary>The algorithms that are taken: none that needs a shared secret.</summary>
    public static IReadOnlyList<string> Algorithms => VerificationKeys.Algorithms;

    /// <summary>The header <c>alg</c>.</summary>
    public string Algorithm { get; }

    /// <summary>What names the key (RFC 7638).</summary>
    public string KeyThumbprint { get; }

    /// <summary>The claim <c>jti</c>.</summary>
    public string TokenId { get; }

    public string Method { get; }

    public string Url { get; }

    public DateTimeOffset IssuedAt { get; }

    public string? Nonce { get; }

    /// <summary>The claim <c>ath</c>.</summary>
    public string? AccessTokenHash { get; }

    /// <summary>False for what is not a JWT of this kind, or is not signed by the key that it shows.</summary>
    public static bool TryRead(string text, DpopKeys keys, [NotNullWhen(true)] out DpopProof? proof)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(keys);
        proof = null;
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
            if (
                !TryReadHeader(headerJson.RootElement, keys, out var key, out var alg)
                || !key.Key.Verify(alg, Encoding.ASCII.GetBytes(text[..text.LastIndexOf('.')]), signature)
                || !StrictJson.TryParse(payload, out var payloadJson)
            )
            {
                return false;
            }

            using (payloadJson)
            {
                proof = PayloadFits(payloadJson.RootElement)
                    ? new DpopProof(alg, key.Thumbprint, payloadJson.RootElement)
                    : null;
            }
        }

        return proof is not null;
    }

    /// <summary>Shows no more than whose it is.</summary>
    public override string ToString() => $"a proof of the key {KeyThumbprint}";

    private static bool TryReadHeader(
        JsonElement header,
        DpopKeys keys,
        [NotNullWhen(true)] out DpopKey? key,
        [NotNullWhen(true)] out string? alg
    )
    {
        (key, alg) = (null, StrictJson.Text(header, "alg"u8));
        return header.TryGetProperty("jwk"u8, out var jwk)
            && !CompactJws.AsksForMore(header)
            && string.Equals(StrictJson.Text(header, "typ"u8), Type, StringComparison.OrdinalIgnoreCase)
            && alg is not null
            && keys.TryRead(jwk, out key)
            && (key.Key.Algorithm is null || key.Key.Algorithm == alg)
            && key.Key.Takes(alg);
    }

    private static bool PayloadFits(JsonElement payload) =>
        StrictJson.Text(payload, "jti"u8) is { Length: > 0 and <= LongestId }
        && StrictJson.Text(payload, "htm"u8) is { Length: > 0 }
        && StrictJson.Text(payload, "htu"u8) is { Length: > 0 }
        && StrictJson.Time(payload, "iat"u8) is not null
        && (!payload.TryGetProperty("nonce"u8, out var nonce) || StrictJson.Text(nonce) is not null)
        && (!payload.TryGetProperty("ath"u8, out var ath) || StrictJson.Text(ath) is not null);
}
