using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace Turnstone.Model;

/// <summary>
/// A session's 16 bytes; its <see cref="Value"/> sorts as they do in a store. Not a secret: what proves a session is
/// the refresh token's tag or the access token's signature.
/// </summary>
public readonly record struct SessionId(Guid Value)
{
    public const int Size = 16;

    /// <summary>When it was made, to the millisecond (RFC 9562, version 7).</summary>
    public DateTimeOffset CreatedAt
    {
        get
        {
            Span<byte> bytes = stackalloc byte[Size];
            Write(bytes);
            return DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64BigEndian(bytes) >>> 16);
        }
    }

    public static SessionId New(RandomSource random, DateTimeOffset now) => new(random.NewId(now));

    public static SessionId Read(ReadOnlySpan<byte> bytes) => new(new Guid(bytes, bigEndian: true));

    /// <summary>Reads the text form, as in the claim <c>sid</c>.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out SessionId? id)
    {
        Span<byte> bytes = stackalloc byte[Size];
        id = text is { Length: 22 } && Base64UrlText.TryDecode(text, bytes, out _) ? Read(bytes) : null;
        return id is not null;
    }

    public void Write(Span<byte> bytes) => Value.TryWriteBytes(bytes, bigEndian: true, out _);

    public byte[] ToBytes() => Value.ToByteArray(bigEndian: true);

    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Size];
        Write(bytes);
        return Base64UrlText.Encode(bytes);
    }
}
