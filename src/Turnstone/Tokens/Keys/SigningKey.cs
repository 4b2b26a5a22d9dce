using System.Security.Cryptography;
using Turnstone.Model;

namespace Turnstone.Tokens.Keys;

/// <summary>
/// A signing key of the ring, open and ready; safe for many threads. It shows its name and its calendar, never its
/// private half.
/// </summary>
public sealed class SigningKey
{
    private readonly KeyPair pair;

    internal SigningKey(SigningKeyRecord record, KeyPair pair) => (Record, this.pair) = (record, pair);

    public string Kid => Record.Kid;

    public SigningAlgorithm Algorithm => Record.Algorithm;

    public DateTimeOffset PublishedAt => Record.PublishedAt;

    public DateTimeOffset SignsFrom => Record.SignsFrom;

    public DateTimeOffset? RetiredAt => Record.RetiredAt;

    /// <summary>How many bytes a signature has; one of another length is no signature of this key.</summary>
    public int SignatureSize => pair.SignatureSize;

    internal SigningKeyRecord Record { get; }

    internal IReadOnlyList<KeyValuePair<string, string>> PublicMembers => pair.PublicMembers;

    public void Sign(ReadOnlySpan<byte> data, Span<byte> signature) => pair.Sign(data, signature[..SignatureSize]);

    public bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature) =>
        signature.Length == SignatureSize && pair.Verify(data, signature);

    public override string ToString() => $"{Algorithm} key {Kid}";

    /// <summary>
    /// The same key with a calendar that was changed in the store: it need not be opened again, because its name is its
    /// thumbprint.
    /// </summary>
    internal SigningKey With(SigningKeyRecord record) => new(record, pair);

    internal static SigningKeyRecord Make(
        SigningAlgorithm algorithm,
        DateTimeOffset published,
        DateTimeOffset signsFrom,
        MasterKeyRing masters,
        RandomSource random
    )
    {
        var pair = KeyPair.Create(algorithm);
        var kid = pair.Kid();
        var plain = pair.ExportPrivate();
        var box = masters.Seal(Purpose(kid), plain, random);
        CryptographicOperations.ZeroMemory(plain);
        return new SigningKeyRecord(kid, algorithm, box, published, signsFrom);
    }

    /// <exception cref="CryptographicException">The record was not sealed under a master key in force, is damaged, or
    /// holds another key than it says.</exception>
    internal static SigningKey Open(SigningKeyRecord record, MasterKeyRing masters)
    {
        var pair = KeyPair.Open(record.Algorithm, masters.Open(Purpose(record.Kid), record.Sealed));
        return pair.Kid() == record.Kid
            ? new SigningKey(record, pair)
            : throw new CryptographicException("The sealed key is not the one its name tells.");
    }

    internal static byte[] Reseal(SigningKeyRecord record, MasterKeyRing masters, RandomSource random)
    {
        var plain = masters.Open(Purpose(record.Kid), record.Sealed);
        var box = masters.Seal(Purpose(record.Kid), plain, random);
        CryptographicOperations.ZeroMemory(plain);
        return box;
    }

    private static string Purpose(string kid) => $"signing key {kid}";
}
