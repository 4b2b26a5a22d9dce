using System.Security.Cryptography;
using Turnstone.Model;

namespace Turnstone.Tokens.Keys;

/// <summary>
/// A P-256 key for ES256 (RFC 7518 §3.4): a signature is r and s side by side, 32 bytes each, never DER.
/// </summary>
internal sealed class EcKeyPair : KeyPair
{
    private readonly byte[] pkcs8;
    private readonly Pool<ECDsa> instances;

    public EcKeyPair(byte[] pkcs8)
    {
        this.pkcs8 = pkcs8;
        instances = new Pool<ECDsa>(Import);

        var key = instances.Rent();
        var point = key.ExportParameters(includePrivateParameters: false);
        if (point.Curve.Oid.Value != ECCurve.NamedCurves.nistP256.Oid.Value)
        {
            throw new CryptographicException("An ES256 key lies on the curve P-256.");
        }

        PublicMembers =
        [
            new("crv", "P-256"),
            new("kty", "EC"),
            new("x", Base64UrlText.Encode(point.Q.X)),
            new("y", Base64UrlText.Encode(point.Q.Y)),
        ];
        instances.Return(key);
    }

    public static EcKeyPair Create()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new EcKeyPair(key.ExportPkcs8PrivateKey());
    }

    public override IReadOnlyList<KeyValuePair<string, string>> PublicMembers { get; }

    public override int SignatureSize => 64;

    public override void Sign(ReadOnlySpan<byte> data, Span<byte> signature)
    {
        var key = instances.Rent();
        key.SignData(data, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        instances.Return(key);
    }

    public override bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        var key = instances.Rent();
        var good = key.VerifyData(
            data,
            signature,
            HashAlgorithmName.SHA256,
            DSASignatureFormat.IeeeP1363FixedFieldConcatenation
        );
        instances.Return(key);
        return good;
    }

    public override byte[] ExportPrivate() => [.. pkcs8];

    private ECDsa Import()
    {
        var key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(pkcs8, out _);
        return key;
    }
}
