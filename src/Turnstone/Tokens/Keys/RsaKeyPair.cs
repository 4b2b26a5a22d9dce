using System.Security.Cryptography;
using Turnstone.Model;

namespace Turnstone.Tokens.Keys;

/// <summary>
/// An RSA key for RS256 (RFC 7518 §3.3). 2048 bits: what every verifier in the field takes, strong enough for the half
/// year that a key is trusted (NIST SP 800-57 lets it stand until 2030), and several times faster to sign with than
/// 3072.
/// </summary>
internal sealed class RsaKeyPair : KeyPair
{
    public const int Bits = 2048;

    private readonly byte[] pkcs8;
    private readonly Pool<RSA> instances;

    public RsaKeyPair(byte[] pkcs8)
    {
        this.pkcs8 = pkcs8;
        instances = new Pool<RSA>(Import);

        var key = instances.Rent();
        if (key.KeySize < Bits)
        {
            throw new CryptographicException($"An RS256 key has at least {Bits} bits.");
        }

        var numbers = key.ExportParameters(includePrivateParameters: false);
        PublicMembers =
        [
            new("e", Base64UrlText.Encode(numbers.Exponent)),
            new("kty", "RSA"),
            new("n", Base64UrlText.Encode(numbers.Modulus)),
        ];
        SignatureSize = numbers.Modulus!.Length;
        instances.Return(key);
    }

    public static RsaKeyPair Create()
    {
        using var key = RSA.Create(Bits);
        return new RsaKeyPair(key.ExportPkcs8PrivateKey());
    }

    public override IReadOnlyList<KeyValuePair<string, string>> PublicMembers { get; }

    public override int SignatureSize { get; }

    public override void Sign(ReadOnlySpan<byte> data, Span<byte> signature)
    {
        var key = instances.Rent();
        key.SignData(data, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        instances.Return(key);
    }

    public override bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        var key = instances.Rent();
        var good = key.VerifyData(data, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        instances.Return(key);
        return good;
    }

    public override byte[] ExportPrivate() => [.. pkcs8];

    private RSA Import()
    {
        var key = RSA.Create();
        key.ImportPkcs8PrivateKey(pkcs8, out _);
        return key;
    }
}
