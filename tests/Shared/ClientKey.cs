using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Turnstone.Model;

namespace Turnstone.Testing;

/// <summary>A key pair of a client of the tests, and what it signs.</summary>
internal sealed class ClientKey : IDisposable
{
    private readonly AsymmetricAlgorithm pair;

    private ClientKey(AsymmetricAlgorithm pair, string alg, string? kid) => (this.pair, Alg, Kid) = (pair, alg, kid);

    public string Alg { get; }

    public string? Kid { get; }

    public static ClientKey Ec(string? kid = "ec") => new(ECDsa.Create(ECCurve.NamedCurves.nistP256), "ES256", kid);

    public static ClientKey Rsa(string alg = "RS256", string? kid = "rsa", int bits = 2048) =>
        new(RsaKeys.Next(bits), alg, kid);

    /// <summary>The public half.</summary>
    public JsonObject Jwk()
    {
        var jwk = new JsonObject();
        if (pair is ECDsa ec)
        {
            var point = ec.ExportParameters(includePrivateParameters: false).Q;
            (jwk["kty"], jwk["crv"]) = ("EC", "P-256");
            (jwk["x"], jwk["y"]) = (Base64UrlText.Encode(point.X), Base64UrlText.Encode(point.Y));
        }
        else
        {
            var numbers = ((RSA)pair).ExportParameters(includePrivateParameters: false);
            (jwk["kty"], jwk["n"]) = ("RSA", Base64UrlText.Encode(numbers.Modulus));
            jwk["e"] = Base64UrlText.Encode(numbers.Exponent);
        }

        if (Kid is not null)
        {
            jwk["kid"] = Kid;
        }

        return jwk;
    }

    /// <summary>The private half as PKCS#8 in PEM, for another program.</summary>
    public string Pem() => pair.ExportPkcs8PrivateKeyPem();

    public JsonObject Header() => Kid is null ? new() { ["alg"] = Alg } : new() { ["alg"] = Alg, ["kid"] = Kid };

    /// <summary>The claims of a good assertion.</summary>
    public static JsonObject Claims(string client, string audience, DateTimeOffset now) =>
        new()
        {
            ["iss"] = client,
            ["sub"] = client,
            ["aud"] = audience,
            ["iat"] = now.ToUnixTimeSeconds(),
            ["exp"] = now.AddSeconds(60).ToUnixTimeSeconds(),
            ["jti"] = Convert.ToHexStringLower(RandomSource.System.Bytes(16)),
        };

    /// <summary>What names the key (RFC 7638).</summary>
    public string Thumbprint()
    {
        var jwk = Jwk();
        var members =
            pair is ECDsa
                ? new JsonObject
                {
                    ["crv"] = jwk["crv"]!.DeepClone(),
                    ["kty"] = jwk["kty"]!.DeepClone(),
                    ["x"] = jwk["x"]!.DeepClone(),
                    ["y"] = jwk["y"]!.DeepClone(),
                }
                : new JsonObject
                {
                    ["e"] = jwk["e"]!.DeepClone(),
                    ["kty"] = jwk["kty"]!.DeepClone(),
                    ["n"] = jwk["n"]!.DeepClone(),
                };
        return Base64UrlText.Encode(SHA256.HashData(Encoding.UTF8.GetBytes(members.ToJsonString())));
    }

    /// <summary>The header of a DPoP proof (RFC 9449 §4.2).</summary>
    public JsonObject DpopHeader() =>
        new()
        {
            ["typ"] = "dpop+jwt",
            ["alg"] = Alg,
            ["jwk"] = Jwk(),
        };

    /// <summary>The claims of a proof.</summary>
    public static JsonObject DpopClaims(string method, string url, DateTimeOffset now) =>
        new()
        {
            ["jti"] = Convert.ToHexStringLower(RandomSource.System.Bytes(16)),
            ["htm"] = method,
            ["htu"] = url,
            ["iat"] = now.ToUnixTimeSeconds(),
        };

    public string Sign(JsonObject claims, JsonObject? header = null) =>
        Sign((header ?? Header()).ToJsonString(), claims);

    public string Sign(string header, JsonObject claims) =>
        Signed(
            $"{Base64UrlText.Encode(Encoding.UTF8.GetBytes(header))}."
                + Base64UrlText.Encode(Encoding.UTF8.GetBytes(claims.ToJsonString()))
        );

    public string Signed(string text) => $"{text}.{Base64UrlText.Encode(Signature(text))}";

    public byte[] Signature(string text)
    {
        var bytes = Encoding.ASCII.GetBytes(text);
        return pair is ECDsa ec
            ? ec.SignData(bytes, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation)
            : ((RSA)pair).SignData(
                bytes,
                HashAlgorithmName.SHA256,
                Alg == "PS256" ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1
            );
    }

    public byte[] Signature(string text, HashAlgorithmName hash, RSASignaturePadding padding) =>
        ((RSA)pair).SignData(Encoding.ASCII.GetBytes(text), hash, padding);

    /// <summary>The same JWS with the other ECDSA signature that its numbers make: s negated.</summary>
    public static string TwinOf(string jws)
    {
        var order = BigInteger.Parse(
            "115792089210356248762697446949407573529996955224135760342422259061068512044369",
            System.Globalization.CultureInfo.InvariantCulture
        );
        Base64UrlText.TryDecode(jws.AsSpan(jws.LastIndexOf('.') + 1), out var signature);
        var s = order - new BigInteger(signature.AsSpan(32), isUnsigned: true, isBigEndian: true);
        signature.AsSpan(32).Clear();
        s.TryWriteBytes(signature.AsSpan(64 - s.GetByteCount(isUnsigned: true)), out _, true, true);
        return $"{jws[..jws.LastIndexOf('.')]}.{Base64UrlText.Encode(signature)}";
    }

    public static string Set(params ClientKey[] keys) =>
        new JsonObject { ["keys"] = new JsonArray([.. keys.Select(JsonNode (key) => key.Jwk())]) }.ToJsonString();

    public void Dispose() => pair.Dispose();
}
