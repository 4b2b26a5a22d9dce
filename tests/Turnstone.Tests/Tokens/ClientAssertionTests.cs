using System.Numerics;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Turnstone.Model;
using Turnstone.Testing;
using Turnstone.Tokens;
using Turnstone.Tokens.Keys;

namespace Turnstone.Tests.Tokens;

/// <summary>Assertions of clients: tables of what must not be taken, in the manner of Project Wycheproof.</summary>
public sealed class ClientAssertionTests
{
    private const string Client = "shop";
    private const string Issuer = "https://id.example.test";

    // FIPS 186-5, P-256.
    private static readonly BigInteger Order = BigInteger.Parse(
        "115792089210356248762697446949407573529996955224135760342422259061068512044369",
        System.Globalization.CultureInfo.InvariantCulture
    );

    private static readonly DateTimeOffset Now = new(2031, 5, 6, 7, 8, 9, TimeSpan.Zero);

    public static TheoryData<string> Signers => new("ES256", "RS256", "PS256");

    [Theory]
    [MemberData(nameof(Signers))]
    public void A_signature_of_a_registered_key_is_its(string alg)
    {
        using var key = KeyOf(alg);
        using var other = KeyOf(alg);

        Assert.True(Signed(key.Sign(Claims()), key));
        Assert.True(Signed(key.Sign(Claims(), new JsonObject { ["alg"] = alg }), key));
        Assert.False(Signed(key.Sign(Claims()), other));
        Assert.False(Signed(key.Sign(Claims(), new JsonObject { ["alg"] = alg, ["kid"] = "unknown" }), key));
    }

    [Fact]
    public void Numbers_of_a_signature_that_are_zero_or_not_below_the_order_are_no_signature()
    {
        using var key = ClientKey.Ec();
        var text = TextOf(key);
        var good = key.Signature(text);
        Assert.True(Good(text, good, key));

        var (r, s) = (Number(good[..32]), Number(good[32..]));
        var largest = (BigInteger.One << 256) - 1;
        foreach (var odd in new[] { BigInteger.Zero, BigInteger.One, Order - 1, Order, Order + 1, largest })
        {
            Assert.False(Good(text, [.. Bytes(odd), .. Bytes(s)], key), $"r is {odd}");
            Assert.False(Good(text, [.. Bytes(r), .. Bytes(odd)], key), $"s is {odd}");
            Assert.False(Good(text, [.. Bytes(odd), .. Bytes(odd)], key), $"both are {odd}");
        }
    }

    [Fact]
    public void A_signature_of_another_length_or_in_DER_is_none()
    {
        using var ec = ClientKey.Ec();
        using var rsa = ClientKey.Rsa();
        using var der = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var (ecText, rsaText) = (TextOf(ec), TextOf(rsa));
        var (ecGood, rsaGood) = (ec.Signature(ecText), rsa.Signature(rsaText));

        Assert.False(Good(ecText, [], ec));
        Assert.False(Good(ecText, ecGood[..63], ec));
        Assert.False(Good(ecText, [.. ecGood, 0], ec));
        Assert.False(Good(ecText, [0, .. ecGood], ec));
        Assert.False(Good(ecText, new byte[64], ec));
        Assert.False(Good(ecText, der.SignHash(new byte[32], DSASignatureFormat.Rfc3279DerSequence), ec));
        Assert.False(Good(rsaText, rsaGood[..255], rsa));
        Assert.False(Good(rsaText, [.. rsaGood, 0], rsa));
        Assert.False(Good(rsaText, [0, .. rsaGood], rsa));
        Assert.False(Good(rsaText, new byte[256], rsa));
        Assert.False(Good(rsaText, ecGood, rsa));
    }

    [Fact]
    public void Another_padding_or_hash_than_the_header_says_is_refused()
    {
        using var pkcs1 = ClientKey.Rsa("RS256");
        using var pss = ClientKey.Rsa("PS256");
        foreach (var (key, padding) in new[] { (pkcs1, RSASignaturePadding.Pss), (pss, RSASignaturePadding.Pkcs1) })
        {
            var text = TextOf(key);
            Assert.False(Good(text, key.Signature(text, HashAlgorithmName.SHA256, padding), key));
        }

        var (one, two) = (TextOf(pkcs1), TextOf(pss));
        foreach (var hash in new[] { HashAlgorithmName.SHA1, HashAlgorithmName.SHA384, HashAlgorithmName.SHA512 })
        {
            Assert.False(Good(one, pkcs1.Signature(one, hash, RSASignaturePadding.Pkcs1), pkcs1));
            Assert.False(Good(two, pss.Signature(two, hash, RSASignaturePadding.Pss), pss));
        }
    }

    [Theory]
    [InlineData("""{"alg":"none"}""")]
    [InlineData("""{"alg":"None","kid":"ec"}""")]
    [InlineData("""{"alg":"HS256","kid":"ec"}""")]
    [InlineData("""{"alg":"ES384","kid":"ec"}""")]
    [InlineData("""{"alg":"ES256K","kid":"ec"}""")]
    [InlineData("""{"alg":"EdDSA","kid":"ec"}""")]
    [InlineData("""{"alg":"es256","kid":"ec"}""")]
    [InlineData("""{"alg":["ES256"],"kid":"ec"}""")]
    [InlineData("""{"kid":"ec"}""")]
    [InlineData("""{"alg":"ES256","kid":7}""")]
    [InlineData("""{"alg":"ES256","alg":"ES256"}""")]
    [InlineData("""{"alg":"ES256","jwk":{"kty":"EC"}}""")]
    [InlineData("""{"alg":"ES256","jku":"https://evil.example.test/keys"}""")]
    [InlineData("""{"alg":"ES256","x5u":"https://evil.example.test/keys"}""")]
    [InlineData("""{"alg":"ES256","x5c":[]}""")]
    [InlineData("""{"alg":"ES256","crit":["b64"],"b64":false}""")]
    [InlineData("""{"alg":"ES256","typ":"at+jwt"}""")]
    [InlineData("""{"alg":"ES256","typ":"dpop+jwt"}""")]
    [InlineData("""{"alg":"ES256","typ":"oauth-authz-req+jwt"}""")]
    [InlineData("""["ES256"]""")]
    public void A_header_that_asks_for_anything_else_is_not_even_read(string header)
    {
        using var key = ClientKey.Ec();

        Assert.False(ClientAssertion.TryRead(key.Sign(header, Claims()), out _));
    }

    [Theory]
    [InlineData("JWT")]
    [InlineData("jwt")]
    [InlineData("client-authentication+jwt")]
    public void A_type_that_says_what_it_is_may_be_there(string type)
    {
        using var key = ClientKey.Ec();
        var header = key.Header();
        header["typ"] = type;

        Assert.True(Signed(key.Sign(Claims(), header), key));
    }

    [Fact]
    public void A_secret_key_made_of_the_public_one_signs_nothing()
    {
        using var key = ClientKey.Rsa();
        var text = TextOf(key);
        var tag = HMACSHA256.HashData(
            System.Text.Encoding.ASCII.GetBytes(ClientKey.Set(key)),
            System.Text.Encoding.ASCII.GetBytes(text)
        );

        Assert.False(Good(text, tag, key));
    }

    [Theory]
    [InlineData("iss", null)]
    [InlineData("iss", "\"depot\"")]
    [InlineData("sub", null)]
    [InlineData("sub", "\"\"")]
    [InlineData("sub", "7")]
    [InlineData("jti", null)]
    [InlineData("jti", "\"\"")]
    [InlineData("jti", "7")]
    [InlineData("aud", null)]
    [InlineData("aud", "[]")]
    [InlineData("exp", null)]
    [InlineData("exp", "\"soon\"")]
    [InlineData("exp", "-1")]
    [InlineData("exp", "1e400")]
    [InlineData("exp", "99999999999999")]
    [InlineData("iat", "\"now\"")]
    [InlineData("nbf", "true")]
    public void A_claim_that_is_missing_or_of_another_type_is_refused(string name, string? json)
    {
        using var key = ClientKey.Ec();
        var claims = Claims();
        claims.Remove(name);
        var payload = claims.ToJsonString();
        payload = json is null ? payload : $"{payload[..^1]},\"{name}\":{json}}}";
        var text =
            Base64UrlText.Encode(System.Text.Encoding.UTF8.GetBytes(key.Header().ToJsonString()))
            + "."
            + Base64UrlText.Encode(System.Text.Encoding.UTF8.GetBytes(payload));

        Assert.False(ClientAssertion.TryRead(key.Signed(text), out _));
    }

    [Theory]
    [InlineData("exp", 60, null)]
    [InlineData("exp", -9, null)]
    [InlineData("exp", -10, AssertionFault.Expired)]
    [InlineData("exp", 3600, null)]
    [InlineData("iat", -309, null)]
    [InlineData("iat", -310, AssertionFault.Expired)]
    [InlineData("iat", 10, null)]
    [InlineData("iat", 11, AssertionFault.NotYetValid)]
    [InlineData("nbf", 10, null)]
    [InlineData("nbf", 11, AssertionFault.NotYetValid)]
    public void Its_times_are_held_to_the_clock_with_ten_seconds_of_skew(string name, int ahead, AssertionFault? fault)
    {
        var claims = Claims();
        claims[name] = Now.AddSeconds(ahead).ToUnixTimeSeconds();

        Assert.Equal(fault, Read(claims).FaultAt([Issuer], Now));
    }

    [Theory]
    [InlineData(310, null)]
    [InlineData(311, AssertionFault.TooLong)]
    public void One_that_does_not_say_when_it_was_issued_ends_soon(int ahead, AssertionFault? fault)
    {
        var claims = Claims();
        claims.Remove("iat");
        claims["exp"] = Now.AddSeconds(ahead).ToUnixTimeSeconds();

        Assert.Equal(fault, Read(claims).FaultAt([Issuer], Now));
    }

    [Fact]
    public void One_that_is_good_for_an_hour_is_remembered_for_five_minutes_of_it()
    {
        var claims = Claims();
        claims["exp"] = Now.AddHours(1).ToUnixTimeSeconds();
        var assertion = Read(claims);

        Assert.Equal(Now.AddMinutes(5), assertion.ExpiresAt);
        Assert.Null(assertion.FaultAt([Issuer], Now.AddSeconds(309)));
        Assert.Equal(AssertionFault.Expired, assertion.FaultAt([Issuer], Now.AddSeconds(310)));
    }

    [Theory]
    [InlineData("\"https://id.example.test\"", null)]
    [InlineData("[\"https://id.example.test\"]", null)]
    [InlineData("[\"https://id.example.test\",\"https://id.example.test/oauth2/token\"]", null)]
    [InlineData("\"https://id.example.test/\"", AssertionFault.WrongAudience)]
    [InlineData("\"https://ID.example.test\"", AssertionFault.WrongAudience)]
    [InlineData("\"https://other.example.test\"", AssertionFault.WrongAudience)]
    [InlineData("[\"https://id.example.test\",\"https://other.example.test\"]", AssertionFault.WrongAudience)]
    [InlineData("[\"https://id.example.test\",7]", AssertionFault.WrongAudience)]
    public void It_is_for_this_server_and_for_nobody_beside_it(string audience, AssertionFault? fault)
    {
        var claims = Claims();
        claims["aud"] = JsonNode.Parse(audience);

        Assert.Equal(fault, Read(claims).FaultAt([Issuer, $"{Issuer}/oauth2/token"], Now));
    }

    [Fact]
    public void A_time_may_have_a_fraction()
    {
        var claims = Claims();
        claims["exp"] = Now.AddSeconds(60).ToUnixTimeSeconds() + 0.5m;

        Assert.Null(Read(claims).FaultAt([Issuer], Now));
    }

    private static JsonObject Claims() => ClientKey.Claims(Client, Issuer, Now);

    private static ClientAssertion Read(JsonObject claims)
    {
        using var key = ClientKey.Ec();
        Assert.True(ClientAssertion.TryRead(key.Sign(claims), out var assertion));
        return assertion;
    }

    private static ClientKey KeyOf(string alg) => alg == "ES256" ? ClientKey.Ec() : ClientKey.Rsa(alg);

    private static string TextOf(ClientKey key)
    {
        var signed = key.Sign(Claims());
        return signed[..signed.LastIndexOf('.')];
    }

    private static bool Good(string text, byte[] signature, ClientKey key) =>
        Signed($"{text}.{Base64UrlText.Encode(signature)}", key);

    private static bool Signed(string assertion, ClientKey key)
    {
        Assert.True(VerificationKeys.TryRead(ClientKey.Set(key), out var keys, out var problem), problem);
        return ClientAssertion.TryRead(assertion, out var read) && read.IsSignedBy(keys);
    }

    private static BigInteger Number(byte[] bytes) => new(bytes, isUnsigned: true, isBigEndian: true);

    private static byte[] Bytes(BigInteger number)
    {
        var bytes = number.ToByteArray(isUnsigned: true, isBigEndian: true);
        return [.. new byte[32 - bytes.Length], .. bytes];
    }
}
