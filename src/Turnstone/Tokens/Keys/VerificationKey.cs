using System.Security.Cryptography;

namespace Turnstone.Tokens.Keys;

/// <summary>A public key of somebody else; safe for many threads.</summary>
internal abstract class VerificationKey(string? kid, string? algorithm)
{
    public string? Kid { get; } = kid;

    /// <summary>The algorithm that the key is for; null where it says nothing (RFC 7517 §4.4).</summary>
    public string? Algorithm { get; } = algorithm;

    /// <summary>Whether a signature of this algorithm can be this key's.</summary>
    public abstract bool Takes(string alg);

    public abstract bool Verify(string alg, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature);
}

/// <summary>A key on P-256, for ES256 alone: r and s side by side, 32 bytes each, never DER (RFC 7518 §3.4).</summary>
internal sealed class EcVerificationKey : VerificationKey
{
    private const int Coordinate = 32;

    private readonly Pool<ECDsa> instances;

    /// <exception cref="CryptographicException">The point is not on the curve.</exception>
    public EcVerificationKey(string? kid, string? algorithm, byte[] x, byte[] y)
        : base(kid, algorithm)
    {
        var point = new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            Q = new ECPoint { X = x, Y = y },
        };
        instances = new Pool<ECDsa>(() => ECDsa.Create(point));
        instances.Return(instances.Rent());
    }

    public static bool Fits(byte[] x, byte[] y) => x.Length == Coordinate && y.Length == Coordinate;

    public override bool Takes(string alg) => alg == "ES256";

    public override bool Verify(string alg, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        if (signature.Length != 2 * Coordinate)
        {
            return false;
        }

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
}

/// <summary>An RSA key for RS256 and PS256 (RFC 7518 §3.3, §3.5).</summary>
internal sealed class RsaVerificationKey : VerificationKey
{
    private const int MostBits = 4096;

    // 65537 and what is near it. A larger one would make each verification dear, one of 1 takes any signature.
    private const int LongestExponent = 4;

    private readonly Pool<RSA> instances;
    private readonly int signatureSize;

    /// <exception cref="CryptographicException">The numbers are no key.</exception>
    public RsaVerificationKey(string? kid, string? algorithm, byte[] modulus, byte[] exponent)
        : base(kid, algorithm)
    {
        var numbers = new RSAParameters { Modulus = modulus, Exponent = exponent };
        instances = new Pool<RSA>(() => RSA.Create(numbers));
        instances.Return(instances.Rent());
        signatureSize = modulus.Length;
    }

    /// <summary>Of 2,048 to 4,096 bits, odd, with an odd exponent of 65537 or more.</summary>
    public static bool Fits(byte[] modulus, byte[] exponent) =>
        modulus is [not 0, ..]
        && exponent is [not 0, ..]
        && Bits(modulus) is >= RsaKeyPair.Bits and <= MostBits
        && (modulus[^1] & 1) == 1
        && exponent.Length <= LongestExponent
        && (exponent[^1] & 1) == 1
        && Bits(exponent) > 16;

    public override bool Takes(string alg) => alg is "RS256" or "PS256";

    public override bool Verify(string alg, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        if (signature.Length != signatureSize)
        {
            return false;
        }

        var padding = alg == "PS256" ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1;
        var key = instances.Rent();
        var good = key.VerifyData(data, signature, HashAlgorithmName.SHA256, padding);
        instances.Return(key);
        return good;
    }

    private static int Bits(byte[] number) =>
        (number.Length * 8) - System.Numerics.BitOperations.LeadingZeroCount((uint)number[0] << 24);
}
