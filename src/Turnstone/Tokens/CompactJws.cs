using System.Text.Json;
using Turnstone.Model;

namespace Turnstone.Tokens;

/// <summary>The three parts of a JWS in compact form (RFC 7515 §7.1), decoded but not proven.</summary>
internal static class CompactJws
{
    public static bool TrySplit(ReadOnlySpan<char> token, out byte[] header, out byte[] payload, out byte[] signature)
    {
        header = payload = signature = [];
        var first = token.IndexOf('.');
        var last = token.LastIndexOf('.');

        // A fourth part leaves a dot in the middle one, which is not in the alphabet.
        return first > 0
            && last > first + 1
            && last < token.Length - 1
            && Base64UrlText.TryDecode(token[..first], out header)
            && Base64UrlText.TryDecode(token[(first + 1)..last], out payload)
            && Base64UrlText.TryDecode(token[(last + 1)..], out signature);
    }

    /// <summary>
    /// Whether the header names a key, or a place to fetch one, which would be the attacker's (RFC 8725 §3.10), or asks
    /// for an extension; there is none that is understood here (RFC 7515 §4.1.11).
    /// </summary>
    public static bool BringsItsOwnRules(JsonElement header) =>
        header.TryGetProperty("jwk"u8, out _) || AsksForMore(header);

    /// <summary>The same of a header that has to show its key (RFC 9449 §4.2).</summary>
    public static bool AsksForMore(JsonElement header) =>
        header.TryGetProperty("jku"u8, out _)
        || header.TryGetProperty("x5u"u8, out _)
        || header.TryGetProperty("x5c"u8, out _)
        || header.TryGetProperty("crit"u8, out _);
}
