using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Turnstone.Model;
using Turnstone.Testing;
using Turnstone.Tokens.Dpop;

namespace Turnstone.Tests.Tokens.Dpop;

/// <summary>DPoP proofs: tables of what must not be read, in the manner of Project Wycheproof.</summary>
public sealed class DpopProofTests
{
    private const string Url = "https://id.example.test/oauth2/token";

    // FIPS 186-5, P-256.
    private static readonly BigInteger Order = BigInteger.Parse(
        "115792089210356248762697446949407573529996955224135760342422259061068512044369",
        System.Globalization.CultureInfo.InvariantCulture
    );

    // One for all rows: a key that was read makes no other good.
    private static readonly DpopKeys Keys = new();

    private static readonly DateTimeOffset Now = new(2031, 5, 6, 7, 8, 9, TimeSpan.Zero);

    [Theory]
    [InlineData("ES256")]
    [InlineData("RS256")]
    [InlineData("PS256")]
    public void A_proof_names_the_key_that_has_signed_it(string alg)
    {
        using var key = alg == "ES256" ? ClientKey.Ec() : ClientKey.Rsa(alg);
        using var other = alg == "ES256" ? ClientKey.Ec() : ClientKey.Rsa(alg);

        Assert.True(DpopProof.TryRead(key.Sign(Claims(), key.DpopHeader()), Keys, out var proof));
        Assert.Equal((alg, key.Thumbprint()), (proof.Algorithm, proof.KeyThumbprint));
        Assert.False(Read(key.Sign(Claims(), other.DpopHeader())));
    }

    [Fact]
    public void Numbers_of_a_signature_that_are_zero_or_not_below_the_order_are_no_signature()
    {
        using var key = ClientKey.Ec();
        var text = TextOf(key);
        var good = key.Signature(text);
        Assert.True(Read(text, good));

        var (r, s) = (Number(good[..32]), Number(good[32..]));
        var largest = (BigInteger.One << 256) - 1;
        foreach (var odd in new[] { BigInteger.Zero, BigInteger.One, Order - 1, Order, Order + 1, largest })
        {
            Assert.False(Read(text, [.. Bytes(odd), .. Bytes(s)]), $"r is {odd}");
            Assert.False(Read(text, [.. Bytes(r), .. Bytes(odd)]), $"s is {odd}");
            Assert.False(Read(text, [.. Bytes(odd), .. Bytes(odd)]), $"both are {odd}");
        }
    }

    [Fact]
    public void A_signature_of_another_length_in_DER_or_of_another_padding_or_hash_is_none()
    {
        using var ec = ClientKey.Ec();
        using var rsa = ClientKey.Rsa();
        var (ecText, rsaText) = (TextOf(ec), TextOf(rsa));
        var (ecGood, rsaGood) = (ec.Signature(ecText), rsa.Signature(rsaText));
        byte[] der = [0x30, 0x44, 0x02, 0x20, .. ecGood[..32], 0x02, 0x20, .. ecGood[32..]];
        byte[][] ecOdd =
        [
            [],
            ecGood[..63],
            [.. ecGood, 0],
            [0, .. ecGood],
            new byte[64],
            der,
            rsaGood,
        ];
        byte[][] rsaOdd =
        [
            rsaGood[..255],
            [.. rsaGood, 0],
            [0, .. rsaGood],
            new byte[256],
            ecGood,
            rsa.Signature(rsaText, HashAlgorithmName.SHA256, RSASignaturePadding.Pss),
            rsa.Signature(rsaText, HashAlgorithmName.SHA1, RSASignaturePadding.Pkcs1),
            rsa.Signature(rsaText, HashAlgorithmName.SHA384, RSASignaturePadding.Pkcs1),
            rsa.Signature(rsaText, HashAlgorithmName.SHA512, RSASignaturePadding.Pkcs1),
        ];

        Assert.All(ecOdd, odd => Assert.False(Read(ecText, odd), Convert.ToHexString(odd)));
        Assert.All(rsaOdd, odd => Assert.False(Read(rsaText, odd), Convert.ToHexString(odd)));
    }

    [Theory]
    [InlineData("typ", null)]
    [InlineData("typ", "\"JWT\"")]
    [InlineData("typ", "\"at+jwt\"")]
    [InlineData("alg", null)]
    [InlineData("alg", "\"none\"")]
    [InlineData("alg", "\"HS256\"")]
    [InlineData("alg", "\"ES384\"")]
    [InlineData("alg", "\"ES256K\"")]
    [InlineData("alg", "\"EdDSA\"")]
    [InlineData("alg", "\"RS256\"")]
    [InlineData("alg", "\"es256\"")]
    [InlineData("alg", "[\"ES256\"]")]
    [InlineData("jwk", null)]
    [InlineData("jwk", "\"key\"")]
    [InlineData("jwk", "{}")]
    [InlineData("jwk", """{"kty":"oct","k":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}""")]
    [InlineData("jku", "\"https://evil.example.test/keys\"")]
    [InlineData("x5u", "\"https://evil.example.test/keys\"")]
    [InlineData("x5c", "[]")]
    [InlineData("crit", "[\"b64\"]")]
    public void A_header_that_is_not_a_proofs_is_not_read(string name, string? json)
    {
        using var key = ClientKey.Ec();
        Assert.False(Read(key.Sign(Claims(), Changed(key.DpopHeader(), name, json))));
    }

    [Theory]
    [InlineData("jti", null)]
    [InlineData("jti", "\"\"")]
    [InlineData("jti", "7")]
    [InlineData("htm", null)]
    [InlineData("htm", "[\"POST\"]")]
    [InlineData("htu", null)]
    [InlineData("htu", "7")]
    [InlineData("iat", null)]
    [InlineData("iat", "\"1935990489\"")]
    [InlineData("iat", "-1")]
    [InlineData("iat", "1e40")]
    [InlineData("nonce", "7")]
    [InlineData("nonce", "null")]
    [InlineData("ath", "[]")]
    public void A_proof_that_lacks_a_claim_or_has_another_type_is_not_read(string name, string? json)
    {
        using var key = ClientKey.Ec();
        Assert.False(Read(key.Sign(Changed(Claims(), name, json), key.DpopHeader())));
    }

    [Fact]
    public void A_key_that_proves_nothing_is_not_read()
    {
        using var ec = ClientKey.Ec();
        using var small = ClientKey.Rsa(bits: 1024);
        using var tiny = ClientKey.Rsa(bits: 512);
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        var point = other.ExportParameters(includePrivateParameters: false).Q;
        JsonObject[] keys =
        [
            Changed(ec.Jwk(), "d", "\"AQAB\""),
            Changed(ec.Jwk(), "crv", "\"P-384\""),
            Changed(ec.Jwk(), "crv", "\"secp256k1\""),
            Changed(ec.Jwk(), "x", "\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\""),
            Changed(ec.Jwk(), "x", $"\"{ec.Jwk()["x"]}=\""),
            Changed(ec.Jwk(), "alg", "\"RS256\""),
            Changed(ec.Jwk(), "use", "\"enc\""),
            new JsonObject
            {
                ["kty"] = "EC",
                ["crv"] = "P-256",
                ["x"] = Base64UrlText.Encode(point.X),
                ["y"] = Base64UrlText.Encode(point.Y),
            },
        ];

        Assert.All(
            keys,
            jwk => Assert.False(Read(ec.Sign(Claims(), Changed(ec.DpopHeader(), "jwk", jwk.ToJsonString()))))
        );
        Assert.All(
            new[] { small, tiny },
            key => Assert.False(Read(key.Sign(Claims(), key.DpopHeader())), $"{key.Jwk()["n"]}")
        );
    }

    [Fact]
    public void What_is_no_compact_JWS_or_too_long_or_says_something_twice_is_not_read()
    {
        using var key = ClientKey.Ec();
        var good = key.Sign(Claims(), key.DpopHeader());
        var twice = Claims().ToJsonString()[..^1] + ",\"htm\":\"GET\"}";
        var header = Base64UrlText.Encode(Encoding.UTF8.GetBytes(key.DpopHeader().ToJsonString()));
        string[] odd =
        [
            "",
            ".",
            "..",
            "a.b.c",
            good + "=",
            good + ".",
            "." + good,
            good.Replace('.', ' '),
            $"{good}.{good}",
            key.Signed($"{header}.{Base64UrlText.Encode(Encoding.UTF8.GetBytes(twice))}"),
            key.Sign(Changed(Claims(), "more", $"\"{new string('a', DpopProof.LongestText)}\""), key.DpopHeader()),
            key.Sign(Changed(Claims(), "jti", $"\"{new string('a', 257)}\""), key.DpopHeader()),
        ];

        Assert.True(Read(good));
        Assert.All(odd, text => Assert.False(Read(text), text));
    }

    [Fact]
    public void Keys_that_anybody_shows_are_remembered_up_to_a_bound()
    {
        var keys = new DpopKeys(8);
        using var own = ClientKey.Ec();
        for (var i = 0; i < 30; i++)
        {
            using var other = ClientKey.Ec();
            Assert.True(DpopProof.TryRead(other.Sign(Claims(), other.DpopHeader()), keys, out _));
            Assert.True(DpopProof.TryRead(own.Sign(Claims(), own.DpopHeader()), keys, out var proof));
            Assert.Equal(own.Thumbprint(), proof.KeyThumbprint);
        }

        Assert.InRange(keys.Count, 2, 8);
    }

    private static JsonObject Claims() => ClientKey.DpopClaims("POST", Url, Now);

    private static JsonObject Changed(JsonObject json, string name, string? value)
    {
        json.Remove(name);
        if (value is not null)
        {
            json[name] = JsonNode.Parse(value);
        }

        return json;
    }

    private static string TextOf(ClientKey key)
    {
        var signed = key.Sign(Claims(), key.DpopHeader());
        return signed[..signed.LastIndexOf('.')];
    }

    private static bool Read(string text, byte[] signature) => Read($"{text}.{Base64UrlText.Encode(signature)}");

    private static bool Read(string proof) => DpopProof.TryRead(proof, Keys, out _);

    private static BigInteger Number(byte[] bytes) => new(bytes, isUnsigned: true, isBigEndian: true);

    private static byte[] Bytes(BigInteger number)
    {
        var bytes = number.ToByteArray(isUnsigned: true, isBigEndian: true);
        return [.. new byte[32 - bytes.Length], .. bytes];
    }
}
