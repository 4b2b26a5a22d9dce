using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Turnstone.Model;
using Turnstone.Testing;
using Turnstone.Tokens.Keys;

namespace Turnstone.Tests.Tokens.Keys;

public sealed class VerificationKeysTests
{
    [Fact]
    public void Keys_of_both_kinds_stand_side_by_side()
    {
        using var ec = ClientKey.Ec();
        using var rsa = ClientKey.Rsa(bits: 3072);

        Assert.True(VerificationKeys.TryRead(ClientKey.Set(ec, rsa), out var keys, out _));
        Assert.Equal(["ec", "rsa"], keys.Names);
    }

    [Theory]
    [InlineData("""{"d":"AQ"}""", "private")]
    [InlineData("""{"crv":"P-384"}""", "P-256")]
    [InlineData("""{"crv":"secp256k1"}""", "P-256")]
    [InlineData("""{"kty":"OKP"}""", "P-256")]
    [InlineData("""{"kty":"oct","k":"AQ"}""", "secret")]
    [InlineData("""{"alg":"HS256"}""", "alg")]
    [InlineData("""{"alg":"RS256"}""", "P-256")]
    [InlineData("""{"use":"enc"}""", "use")]
    [InlineData("""{"kid":7}""", "kid")]
    [InlineData("""{"x":"AQ"}""", "P-256")]
    [InlineData("""{"x":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE"}""", "P-256")]
    [InlineData("""{"y":null}""", "P-256")]
    public void A_key_that_could_verify_nothing_is_refused_where_it_is_registered(string differently, string sentence)
    {
        using var key = ClientKey.Ec();
        Refuses(With(key.Jwk(), differently), sentence);
    }

    [Theory]
    [InlineData(512)]
    [InlineData(1024)]
    [InlineData(8192)]
    public void An_RSA_key_that_is_too_short_or_too_dear_is_refused(int bits)
    {
        var modulus = new byte[bits / 8];
        (modulus[0], modulus[^1]) = (0x80, 1);
        var jwk = new JsonObject
        {
            ["kty"] = "RSA",
            ["n"] = Base64UrlText.Encode(modulus),
            ["e"] = "AQAB",
        };

        Refuses(jwk, "2048");
    }

    [Theory]
    [InlineData("AQ")]
    [InlineData("Aw")]
    [InlineData("AQAA")]
    [InlineData("AAEAAQ")]
    [InlineData("AQAAAAE")]
    [InlineData("")]
    [InlineData("AQAB=")]
    public void So_is_an_exponent_by_which_anything_or_nothing_verifies(string exponent)
    {
        using var key = ClientKey.Rsa();
        Refuses(With(key.Jwk(), $$"""{"e":"{{exponent}}"}"""), "65537");
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"keys":{}}""")]
    [InlineData("""{"keys":[]}""")]
    [InlineData("""{"keys":[7]}""")]
    [InlineData("""{"keys":[],"keys":[]}""")]
    public void What_is_no_set_is_refused(string text) => Assert.False(VerificationKeys.TryRead(text, out _, out _));

    [Fact]
    public void So_are_too_many_keys_and_two_of_one_name()
    {
        using var key = ClientKey.Ec();

        Assert.False(VerificationKeys.TryRead(ClientKey.Set(key, key), out _, out var twice));
        Assert.Contains("kid", twice, StringComparison.Ordinal);
        Assert.False(VerificationKeys.TryRead(ClientKey.Set(key, key, key, key, key, key), out _, out var many));
        Assert.Contains("1 to 5", many, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_a_published_set_the_keys_that_can_be_used_are_taken()
    {
        using var ec = ClientKey.Ec();
        using var rsa = ClientKey.Rsa();
        var set = JsonNode.Parse(ClientKey.Set(ec, rsa))!;
        set["keys"]!.AsArray().Insert(0, With(ec.Jwk(), """{"kid":"other","crv":"P-384"}"""));
        set["keys"]!.AsArray().Insert(1, With(rsa.Jwk(), """{"kid":"enc","use":"enc"}"""));
        set["keys"]!.AsArray().Insert(2, With(ec.Jwk(), """{"kid":"shown","d":"AQ"}"""));
        set["keys"]!.AsArray().Insert(3, JsonValue.Create(7));

        Assert.True(VerificationKeys.TryReadPublished(Bytes(set), out var keys, out _));

        Assert.Equal(["ec", "rsa"], keys.Names);
    }

    [Fact]
    public void Of_two_published_keys_of_one_name_the_one_that_fits_verifies()
    {
        using var ec = ClientKey.Ec("same");
        using var rsa = ClientKey.Rsa(kid: "same");
        using var stranger = ClientKey.Rsa(kid: "same");
        Assert.True(
            VerificationKeys.TryReadPublished(Bytes(JsonNode.Parse(ClientKey.Set(ec, rsa))!), out var keys, out _)
        );

        foreach (var (key, verifies) in new[] { (ec, true), (rsa, true), (stranger, false) })
        {
            Assert.Equal(verifies, keys.Verify(key.Alg, "same", "text"u8, key.Signature("text")));
        }
    }

    [Theory]
    [InlineData("""{"keys":[]}""", "1 to 50")]
    [InlineData("""{"keys":[7]}""", "none of its keys")]
    [InlineData("""{"issuer":"https://id.example.test"}""", "no JWK set")]
    [InlineData("[]", "no JWK set")]
    public void A_published_set_without_any_is_refused(string json, string sentence)
    {
        Assert.False(VerificationKeys.TryReadPublished(Bytes(JsonNode.Parse(json)!), out _, out var problem));
        Assert.Contains(sentence, problem, StringComparison.Ordinal);
    }

    private static byte[] Bytes(JsonNode json) => Encoding.UTF8.GetBytes(json.ToJsonString());

    private static JsonObject With(JsonObject jwk, string differently)
    {
        foreach (var (name, value) in JsonNode.Parse(differently)!.AsObject())
        {
            jwk[name] = value?.DeepClone();
        }

        return jwk;
    }

    private static void Refuses(JsonObject jwk, string sentence)
    {
        var set = new JsonObject { ["keys"] = new JsonArray(jwk.DeepClone()) };
        Assert.False(VerificationKeys.TryRead(set.ToJsonString(), out _, out var problem));
        Assert.Contains(sentence, problem, StringComparison.Ordinal);
    }
}
