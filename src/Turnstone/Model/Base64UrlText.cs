using System.Buffers;
using System.Buffers.Text;

namespace Turnstone.Model;

/// <summary>
/// Base64url without padding (RFC 4648 §5), canonical only: one text for one value, so that no token has a twin.
/// </summary>
public static class Base64UrlText
{
    public static string Encode(ReadOnlySpan<byte> bytes) => Base64Url.EncodeToString(bytes);

    /// <summary>
    /// Decodes; false for padding, white space, foreign characters, and unused bits that are not zero (RFC 4648 §3.5).
    /// </summary>
    public static bool TryDecode(ReadOnlySpan<char> text, out byte[] bytes)
    {
        var decoded = new byte[Base64Url.GetMaxDecodedLength(text.Length)];
        var good = TryDecode(text, decoded, out var written);
        bytes = good ? decoded[..written] : [];
        return good;
    }

    /// <summary>The same into a place of the caller's, which is large enough.</summary>
    public static bool TryDecode(ReadOnlySpan<char> text, Span<byte> bytes, out int written)
    {
        written = 0;

        // The decoder's Try form would throw for unused bits that are not zero: they are "invalid" to it, not "too
        // long".
        return text.Length % 4 != 1
            && !text.ContainsAnyExcept(Alphabet)
            && Base64Url.DecodeFromChars(text, bytes, out _, out written) is OperationStatus.Done;
    }

    private static readonly SearchValues<char> Alphabet = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    );
}
