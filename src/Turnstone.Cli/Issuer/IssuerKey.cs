using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Turnstone.Cli.Issuer;

/// <summary>A public key of an issuer (RFC 7517). Which algorithm it serves is its word, not a token's.</summary>
internal sealed record IssuerKey(string? Id, JsonElement Jwk)
{
    public static IssuerKey? Read(JsonElement jwk) =>
        Answers.Text(jwk, "kty") is "RSA" or "EC" && Answers.Text(jwk, "use") is null or "sig"
            ? new(Answers.Text(jwk, "kid"), jwk)
            : null;

    public bool Verifies(Jwt token)
    {
        if (Answers.Text(Jwk, "alg") is { } own && own != token.Algorithm)
        {
            return false;
        }

        try
        {
            return (Answers.Text(Jwk, "kty"), token.Algorithm) switch
            {
                ("RSA", "RS256") => VerifiesRsa(token, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
                ("RSA", "RS384") => VerifiesRsa(token, HashAlgorithmName.SHA384, RSASignaturePadding.Pkcs1),
                ("RSA", "RS512") => VerifiesRsa(token, HashAlgorithmName.SHA512, RSASignaturePadding.Pkcs1),
                ("RSA", "PS256") => VerifiesRsa(token, HashAlgorithmName.SHA256, RSASignaturePadding.Pss),
                ("EC", "ES256") => VerifiesEc(token, "P-256", ECCurve.NamedCurves.nistP256, HashAlgorithmName.SHA256),
                ("EC", "ES384") => VerifiesEc(token, "P-384", ECCurve.NamedCurves.nistP384, HashAlgorithmName.SHA384),
                _ => false,
            };
        }
        catch (Exception reason) when (reason is CryptographicException or FormatException or ArgumentException)
        {
            return false;
        }
    }

    private bool VerifiesRsa(Jwt token, HashAlgorithmName hash, RSASignaturePadding padding)
    {
        using var rsa = RSA.Create(new RSAParameters { Modulus = Part("n"), Exponent = Part("e") });
        return rsa.KeySize >= 2048 && rsa.VerifyData(token.Signed, token.Signature, hash, padding);
    }

    private bool VerifiesEc(Jwt token, string name, ECCurve curve, HashAlgorithmName hash)
    {
        if (Answers.Text(Jwk, "crv") != name)
        {
            return false;
        }

        var point = new ECPoint { X = Part("x"), Y = Part("y") };
        using var key = ECDsa.Create(new ECParameters { Curve = curve, Q = point });
        return key.VerifyData(token.Signed, token.Signature, hash);
    }

    private byte[] Part(string name) => Base64Url.DecodeFromUtf8(Encoding.UTF8.GetBytes(Answers.Text(Jwk, name) ?? ""));
}
