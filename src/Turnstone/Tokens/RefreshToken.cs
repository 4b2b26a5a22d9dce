using System.Buffers.Binary;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Turnstone.Model;
using Turnstone.Tokens.Keys;

namespace Turnstone.Tokens;

/// <summary>
/// <c>tsr_</c> + base64url( version 1 · key id 1 · session 16 · generation 4 · tag 24 ). The tag proves the rest
/// without a query, and the successor can be computed, so nothing of a token is ever stored.
/// </summary>
public sealed record RefreshToken(SessionId Session, uint Generation)
{
    public const string Prefix = "tsr_";

    private const byte Version = 1;
    private const int BodySize = 2 + SessionId.Size + sizeof(uint);
    private const int TagSize = 24;
    private const int Size = BodySize + TagSize;

    /// <summary>The length of every token of this version.</summary>
    public const int TextLength = 4 + (((Size * 8) + 5) / 6);

    public string Write(MasterKeyRing keys)
    {
        Span<byte> bytes = stackalloc byte[Size];
        bytes[0] = Version;
        bytes[1] = keys.Current.Id;
        Session.Write(bytes[2..]);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[(2 + SessionId.Size)..], Generation);
        keys.Current.TagRefreshToken(bytes[..BodySize], bytes[BodySize..]);
        Span<char> text = stackalloc char[TextLength];
        Prefix.CopyTo(text);
        Base64Url.EncodeToChars(bytes, text[Prefix.Length..]);
        return new string(text);
    }

    /// <summary>
    /// Proves a token without touching storage; a token that was not made here, or was changed, is simply not one.
    /// </summary>
    public static bool TryRead(string? text, MasterKeyRing keys, [NotNullWhen(true)] out RefreshToken? token)
    {
        token = null;
        Span<byte> bytes = stackalloc byte[Size];
        if (
            text is not { Length: TextLength }
            || !text.StartsWith(Prefix, StringComparison.Ordinal)
            || !Base64UrlText.TryDecode(text.AsSpan(Prefix.Length), bytes, out var size)
            || size != Size
            || bytes[0] != Version
            || keys.Find(bytes[1]) is not { } key
        )
        {
            return false;
        }

        Span<byte> expected = stackalloc byte[TagSize];
        key.TagRefreshToken(bytes[..BodySize], expected);
        if (!CryptographicOperations.FixedTimeEquals(expected, bytes[BodySize..]))
        {
            return false;
        }

        token = new RefreshToken(
            SessionId.Read(bytes.Slice(2, SessionId.Size)),
            BinaryPrimitives.ReadUInt32BigEndian(bytes[(2 + SessionId.Size)..])
        );
        return true;
    }

    /// <summary>
    /// The token without its secret, for a debugger; the wire form only ever comes from <see cref="Write"/>.
    /// </summary>
    public override string ToString() => $"{Prefix}… (session {Session}, generation {Generation})";
}
