using System.Buffers;
using System.Buffers.Text;

namespace Turnstone;

/// <summary>Base64url without padding (RFC 4648 §5), canonical only: one text for one value, so that no token has a twin.</summary>
public static class Base64UrlText
{
    public static string Encode(ReadOnlySpan<byte> bytes) => Base64Url.EncodeToString(bytes);

    /// <summary>Decodes; false for padding, white space, foreign characters, and unused bits that are not zero (RFC 4648 §3.5).</summary>
    public static bool TryDecode(ReadOnlySpan<char> text, out byte[] bytes)
    {
        bytes = [];
        if (text.Length % 4 == 1 || text.ContainsAnyExcept(Alphabet))
        {
            return false;
        }

        var decoded = new byte[Base64Url.GetMaxDecodedLength(text.Length)];
        if (Base64Url.DecodeFromChars(text, decoded, out _, out var written) is not OperationStatus.Done)
        {
            // The decoder's Try form would throw here: unused bits that are not zero are "invalid" to it, not "too long".
            return false;
        }

        bytes = decoded[..written];
        return text.SequenceEqual(Base64Url.EncodeToString(bytes));
    }

    private static readonly SearchValues<char> Alphabet =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");
}
