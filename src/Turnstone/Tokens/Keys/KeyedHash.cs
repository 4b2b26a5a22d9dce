using System.Security.Cryptography;

namespace Turnstone.Tokens.Keys;

/// <summary>
/// HMAC-SHA-256 under one key. What it works with is made once and used over and over: to set it up for each text takes
/// longer than the text.
/// </summary>
internal sealed class KeyedHash(byte[] key)
{
    public const int Size = HMACSHA256.HashSizeInBytes;

    private readonly Pool<IncrementalHash> spares = new(() =>
        IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key)
    );

    public void Of(ReadOnlySpan<byte> text, Span<byte> hash)
    {
        var work = spares.Rent();
        work.AppendData(text);
        work.GetHashAndReset(hash);
        spares.Return(work);
    }
}
