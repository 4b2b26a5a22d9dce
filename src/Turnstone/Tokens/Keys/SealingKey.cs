using System.Security.Cryptography;
using System.Text;
using Turnstone.Model;

namespace Turnstone.Tokens.Keys;

/// <summary>
/// Encrypts and authenticates (AES-256-GCM), each box under a key of its own: HKDF-Expand (RFC 5869 §2.3) of the
/// master's sealing key and a salt of 24 random bytes. One key for all with random nonces of 12 bytes would have to end
/// at 2^32 boxes (SP 800-38D §8.3).
/// </summary>
internal sealed class SealingKey
{
    // A box: the master key's id, the format, the salt, the text, the tag.
    private const byte Format = 2;
    private const int SaltAt = 2;
    private const int TextAt = SaltAt + 24;

    // A box of the first format, which is only opened: the master key's id, a nonce, the text, the tag.
    private const int FirstNonceAt = 1;
    private const int FirstTextAt = FirstNonceAt + NonceSize;

    private const int NonceSize = 12;
    private const int TagSize = 16;

    private readonly byte[] root;
    private readonly byte[] firstFormat;

    public SealingKey(ReadOnlySpan<byte> master)
    {
        root = MasterKey.Derive(master, "turnstone seal 2");
        firstFormat = MasterKey.Derive(master, "turnstone seal 1");
    }

    /// <summary>Fixed, because a box's key encrypts nothing else.</summary>
    private static ReadOnlySpan<byte> Nonce => [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];

    public byte[] Seal(byte id, string purpose, ReadOnlySpan<byte> plain, RandomSource random)
    {
        var box = new byte[TextAt + plain.Length + TagSize];
        (box[0], box[1]) = (id, Format);
        random.Fill(box.AsSpan(SaltAt..TextAt));
        using var aes = KeyOf(box);
        aes.Encrypt(
            Nonce,
            plain,
            box.AsSpan(TextAt..^TagSize),
            box.AsSpan(^TagSize..),
            Encoding.UTF8.GetBytes(purpose)
        );
        return box;
    }

    /// <exception cref="CryptographicException">Damaged, or sealed for another purpose or under another
    /// key.</exception>
    public byte[] Open(string purpose, ReadOnlySpan<byte> box)
    {
        if (box.Length >= TextAt + TagSize && box[1] == Format)
        {
            try
            {
                using var aes = KeyOf(box);
                return Decrypt(aes, Nonce, box[TextAt..], purpose);
            }
            catch (AuthenticationTagMismatchException)
            {
                // The nonce of one box in 256 of the first format begins like a box of this one.
            }
        }

        if (box.Length < FirstTextAt + TagSize)
        {
            throw new CryptographicException("The sealed value is too short.");
        }

        using var first = new AesGcm(firstFormat, TagSize);
        return Decrypt(first, box[FirstNonceAt..FirstTextAt], box[FirstTextAt..], purpose);
    }

    private AesGcm KeyOf(ReadOnlySpan<byte> box)
    {
        Span<byte> key = stackalloc byte[MasterKey.Size];
        HKDF.Expand(HashAlgorithmName.SHA256, root, key, info: box[SaltAt..TextAt]);
        var aes = new AesGcm(key, TagSize);
        CryptographicOperations.ZeroMemory(key);
        return aes;
    }

    private static byte[] Decrypt(AesGcm aes, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> textAndTag, string purpose)
    {
        var plain = new byte[textAndTag.Length - TagSize];
        aes.Decrypt(nonce, textAndTag[..^TagSize], textAndTag[^TagSize..], plain, Encoding.UTF8.GetBytes(purpose));
        return plain;
    }
}
