using System.Buffers.Binary;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Turnstone.Model;
using Turnstone.Tokens.Keys;

namespace Turnstone.Tokens;

/// <summary>
/// <c>tsr_</c> + base64url( version 1 · key id 1 · session 16 · generation 4 · [origin] · tag 24 ). The tag proves the
/// rest without a query, and the successor can be computed, so nothing of a token is ever stored. Version 2 has an
/// origin, by which a session can be opened again that a store has forgotten; version 1 has none.
/// </summary>
public sealed record RefreshToken(SessionId Session, uint Generation)
{
    public const string Prefix = "tsr_";

    private const byte WithoutOrigin = 1;
    private const byte WithOrigin = 2;
    private const int HeadSize = 2 + SessionId.Size + sizeof(uint);
    private const int TagSize = 24;
    private const int MostBytes = HeadSize + SessionOriginBytes.Most + TagSize;

    /// <summary>The most characters of any token.</summary>
    public const int LongestText = 4 + (((MostBytes * 8) + 5) / 6);

    /// <summary>
    /// Null for a token of version 1, and where it does not fit. Of a token that came in it is read when it is asked
    /// for: whose session is there needs none of it.
    /// </summary>
    public SessionOrigin? Origin
    {
        get => field ??= Written is null ? null : SessionOriginBytes.Read(Written);
        init => (field, Written) = (value, null);
    }

    private byte[]? Written { get; init; }

    public string Write(MasterKeyRing keys)
    {
        Span<byte> bytes = stackalloc byte[MostBytes];
        bytes[1] = keys.Current.Id;
        Session.Write(bytes[2..]);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[(2 + SessionId.Size)..], Generation);
        var origin = Origin is null
            ? 0
            : SessionOriginBytes.Write(Origin, bytes.Slice(HeadSize, SessionOriginBytes.Most));
        bytes[0] = origin > 0 ? WithOrigin : WithoutOrigin;
        var body = HeadSize + origin;
        keys.Current.TagRefreshToken(bytes[..body], bytes.Slice(body, TagSize));
        Span<char> text = stackalloc char[LongestText];
        Prefix.CopyTo(text);
        var length = Base64Url.EncodeToChars(bytes[..(body + TagSize)], text[Prefix.Length..]);
        return new string(text[..(Prefix.Length + length)]);
    }

    /// <summary>
    /// Proves a token without touching storage; a token that was not made here, or was changed, is simply not one.
    /// </summary>
    public static bool TryRead(string? text, MasterKeyRing keys, [NotNullWhen(true)] out RefreshToken? token)
    {
        token = null;
        Span<byte> bytes = stackalloc byte[MostBytes];
        if (
            text is not { Length: <= LongestText }
            || !text.StartsWith(Prefix, StringComparison.Ordinal)
            || !Base64UrlText.TryDecode(text.AsSpan(Prefix.Length), bytes, out var size)
            || size < HeadSize + TagSize
            || bytes[0] is not (WithoutOrigin or WithOrigin)
            || (bytes[0] is WithoutOrigin) != (size == HeadSize + TagSize)
            || keys.Find(bytes[1]) is not { } key
        )
        {
            return false;
        }

        var body = bytes[..(size - TagSize)];
        Span<byte> expected = stackalloc byte[TagSize];
        key.TagRefreshToken(body, expected);
        if (!CryptographicOperations.FixedTimeEquals(expected, bytes[body.Length..size]))
        {
            return false;
        }

        token = new RefreshToken(
            SessionId.Read(bytes.Slice(2, SessionId.Size)),
            BinaryPrimitives.ReadUInt32BigEndian(bytes[(2 + SessionId.Size)..])
        )
        {
            Written = bytes[0] is WithOrigin ? body[HeadSize..].ToArray() : null,
        };
        return true;
    }

    /// <summary>
    /// The token without its secret, for a debugger; the wire form only ever comes from <see cref="Write"/>.
    /// </summary>
    public override string ToString() => $"{Prefix}… (session {Session}, generation {Generation})";
}
