using System.Security.Cryptography;
using System.Text;
using Turnstone.Model;

namespace Turnstone.Tokens.Keys;

/// <summary>
/// One master key: 32 bytes that are never in the database. No purpose uses it directly; each gets its own key by HKDF
/// (RFC 5869), so that a text made for one purpose proves nothing for another.
/// </summary>
public sealed class MasterKey
{
    public const int Size = 32;

    private readonly KeyedHash refreshTags;
    private readonly KeyedHash credentials;
    private readonly SealingKey sealing;

    public MasterKey(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size)
        {
            throw new ArgumentException($"A master key is {Size} bytes.", nameof(bytes));
        }

        refreshTags = new(Derive(bytes, "turnstone refresh tag 1"));
        credentials = new(Derive(bytes, "turnstone credential hash 1"));
        sealing = new(bytes);
        Id = Derive(bytes, "turnstone key id 1")[0];
    }

    /// <summary>
    /// The key's number in tokens and sealed values. It follows from the key, so every node gives it the same one.
    /// </summary>
    public byte Id { get; }

    /// <summary>The first bytes of HMAC-SHA-256 over a refresh token's bytes.</summary>
    internal void TagRefreshToken(ReadOnlySpan<byte> body, Span<byte> tag)
    {
        Span<byte> full = stackalloc byte[KeyedHash.Size];
        refreshTags.Of(body, full);
        full[..tag.Length].CopyTo(tag);
    }

    /// <summary>
    /// The keyed hash under which a full-entropy secret is stored; the purpose keeps the kinds apart.
    /// </summary>
    internal byte[] HashCredential(string purpose, string secret)
    {
        var hash = new byte[KeyedHash.Size];
        HashCredential(purpose, secret, hash);
        return hash;
    }

    internal void HashCredential(string purpose, string secret, Span<byte> hash)
    {
        var most = Encoding.UTF8.GetMaxByteCount(purpose.Length + 1 + secret.Length);
        var text = most <= 512 ? stackalloc byte[most] : new byte[most];
        var length = Encoding.UTF8.GetBytes(purpose, text);
        text[length++] = (byte)'\n';
        length += Encoding.UTF8.GetBytes(secret, text[length..]);
        credentials.Of(text[..length], hash);
    }

    internal byte[] Seal(string purpose, ReadOnlySpan<byte> plain, RandomSource random) =>
        sealing.Seal(Id, purpose, plain, random);

    internal byte[] Open(string purpose, ReadOnlySpan<byte> box) => sealing.Open(purpose, box);

    internal static byte[] Derive(ReadOnlySpan<byte> master, string purpose)
    {
        var key = new byte[Size];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, master, key, salt: default, info: Encoding.ASCII.GetBytes(purpose));
        return key;
    }
}
