using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Turnstone.Model;
using Turnstone.Tokens;

namespace Turnstone.Tests.Tokens;

/// <summary>
/// What someone would send who has the JWKS, the documents and some tokens, but no private key; and what no issuer of
/// ours would write.
/// </summary>
public sealed class ForgedTokenTests
{
    [Theory]
    [InlineData("none")]
    [InlineData("None")]
    [InlineData("nOnE")]
    public async Task An_unsigned_token_is_refused(string none)
    {
        var bench = await TokenBench.StartAsync();
        var header = bench.Header();
        header["alg"] = none;
        var text = $"{Encode(header)}.{Encode(bench.Payload())}";

        bench.Refuses(AccessTokenFault.Malformed, text + ".");
        bench.Refuses(AccessTokenFault.Malformed, text);
        bench.Refuses(AccessTokenFault.WrongAlgorithm, bench.SignText(text));
    }

    [Theory]
    [InlineData("HS256", SigningAlgorithm.RS256)]
    [InlineData("HS256", SigningAlgorithm.ES256)]
    public async Task HS256_with_the_public_key_as_its_secret_is_refused(string alg, SigningAlgorithm algorithm)
    {
        var bench = await TokenBench.StartAsync();
        var header = bench.Header(algorithm);
        header["alg"] = alg;
        var text = $"{Encode(header)}.{Encode(bench.Payload())}";

        foreach (var secret in PublicKeys(bench, algorithm))
        {
            var tag = HMACSHA256.HashData(secret, Encoding.ASCII.GetBytes(text));
            bench.Refuses(AccessTokenFault.WrongAlgorithm, $"{text}.{Base64UrlText.Encode(tag)}");
        }
    }

    [Theory]
    [InlineData(SigningAlgorithm.ES256, SigningAlgorithm.RS256)]
    [InlineData(SigningAlgorithm.RS256, SigningAlgorithm.ES256)]
    public async Task Another_keys_kid_is_refused(SigningAlgorithm signs, SigningAlgorithm named)
    {
        var bench = await TokenBench.StartAsync();

        bench.Refuses(
            AccessTokenFault.WrongAlgorithm,
            bench.WithHeader(header => header["kid"] = bench.Kid(named), signs)
        );
        bench.Refuses(
            AccessTokenFault.BadSignature,
            bench.WithHeader(header => (header["kid"], header["alg"]) = (bench.Kid(named), named.ToString()), signs)
        );
    }

    [Theory]
    [InlineData("es256")]
    [InlineData("Es256")]
    [InlineData("ES256 ")]
    [InlineData("ES256\0")]
    [InlineData("ES384")]
    [InlineData("RS256")]
    [InlineData("PS256")]
    [InlineData("EdDSA")]
    [InlineData("0")]
    [InlineData("")]
    public async Task An_alg_that_is_not_exactly_the_keys_is_refused(string alg)
    {
        var bench = await TokenBench.StartAsync();

        bench.Refuses(AccessTokenFault.WrongAlgorithm, bench.WithHeader(header => header["alg"] = alg));
    }

    [Fact]
    public async Task An_alg_that_is_missing_or_no_string_is_refused()
    {
        var bench = await TokenBench.StartAsync();

        bench.Refuses(AccessTokenFault.WrongAlgorithm, bench.WithHeader(header => header.Remove("alg")));
        bench.Refuses(
            AccessTokenFault.WrongAlgorithm,
            bench.WithHeader(header => header["alg"] = new JsonArray("ES256"))
        );
    }

    [Theory]
    [InlineData("../../../../dev/null")]
    [InlineData("/etc/hostname")]
    [InlineData("file:///dev/null")]
    [InlineData("x' UNION SELECT 'secret' --")]
    [InlineData("x'; DROP TABLE signing_keys; --")]
    [InlineData("https://evil.example.test/key")]
    [InlineData("|/bin/true")]
    [InlineData("")]
    [InlineData("\0")]
    public async Task A_kid_that_is_a_path_or_SQL_is_just_an_unknown_name(string kid)
    {
        var bench = await TokenBench.StartAsync();
        var asked = bench.Keys.Lists;

        bench.Refuses(AccessTokenFault.UnknownKey, bench.WithHeader(header => header["kid"] = kid));
        Assert.Equal(asked, bench.Keys.Lists);
    }

    [Fact]
    public async Task A_kid_that_is_missing_or_no_valid_text_is_refused()
    {
        var bench = await TokenBench.StartAsync();

        bench.Refuses(AccessTokenFault.UnknownKey, bench.WithHeader(header => header.Remove("kid")));
        bench.Refuses(AccessTokenFault.UnknownKey, bench.WithHeader(header => header["kid"] = 7));
        bench.Refuses(
            AccessTokenFault.UnknownKey,
            bench.Sign("""{"typ":"JWT","alg":"ES256","kid":"\ud800"}""", bench.Payload().ToJsonString())
        );
        bench.Refuses(
            AccessTokenFault.UnknownKey,
            bench.WithHeader(header => header["kid"] = bench.Kid(SigningAlgorithm.ES256).ToUpperInvariant())
        );
    }

    [Theory]
    [InlineData("jku")]
    [InlineData("jwk")]
    [InlineData("x5u")]
    [InlineData("x5c")]
    public async Task A_header_that_brings_its_own_key_is_refused_even_when_the_signature_is_ours(string member)
    {
        var bench = await TokenBench.StartAsync();

        bench.Refuses(
            AccessTokenFault.HeaderRefused,
            bench.WithHeader(header => header[member] = "https://evil.example.test/keys")
        );
        bench.Refuses(AccessTokenFault.HeaderRefused, bench.WithHeader(header => header[member] = null));
    }

    [Fact]
    public async Task A_header_with_an_escaped_name_brings_its_own_key_no_less()
    {
        var bench = await TokenBench.StartAsync();
        var header = bench.Header().ToJsonString()[..^1] + ""","j\u006bu":"https://evil.example.test/keys"}""";

        bench.Refuses(AccessTokenFault.HeaderRefused, bench.Sign(header, bench.Payload().ToJsonString()));
    }

    [Fact]
    public async Task A_critical_extension_is_refused()
    {
        var bench = await TokenBench.StartAsync();

        bench.Refuses(
            AccessTokenFault.HeaderRefused,
            bench.WithHeader(header => (header["crit"], header["b64"]) = (new JsonArray("b64"), false))
        );
        bench.Refuses(AccessTokenFault.HeaderRefused, bench.WithHeader(header => header["crit"] = new JsonArray()));
    }

    [Theory]
    [InlineData("id+jwt")]
    [InlineData("dpop+jwt")]
    [InlineData("logout+jwt")]
    [InlineData("secevent+jwt")]
    [InlineData("JOSE")]
    [InlineData("application/jwt")]
    [InlineData("")]
    public async Task Another_kind_of_token_is_refused(string type)
    {
        var bench = await TokenBench.StartAsync();

        bench.Refuses(AccessTokenFault.HeaderRefused, bench.WithHeader(header => header["typ"] = type));
    }

    [Fact]
    public async Task A_token_of_no_kind_is_refused()
    {
        var bench = await TokenBench.StartAsync();

        bench.Refuses(AccessTokenFault.HeaderRefused, bench.WithHeader(header => header.Remove("typ")));
        bench.Refuses(AccessTokenFault.HeaderRefused, bench.WithHeader(header => header["typ"] = 1));
    }

    [Fact]
    public async Task A_DER_shaped_ES256_signature_is_refused()
    {
        var bench = await TokenBench.StartAsync();
        var text = $"{Encode(bench.Header())}.{Encode(bench.Payload())}";
        bench.Takes(bench.SignText(text));

        var der = bench.Signature(text, SigningAlgorithm.ES256, DSASignatureFormat.Rfc3279DerSequence);

        bench.Refuses(AccessTokenFault.BadSignature, $"{text}.{Base64UrlText.Encode(der)}");
    }

    [Fact]
    public async Task A_signature_of_zeros_is_refused()
    {
        var bench = await TokenBench.StartAsync();
        var text = bench.Write()[..bench.Write().LastIndexOf('.')];

        bench.Refuses(AccessTokenFault.BadSignature, $"{text}.{Base64UrlText.Encode(new byte[64])}");
    }

    [Fact]
    public async Task A_signature_of_another_length_is_refused()
    {
        var bench = await TokenBench.StartAsync();
        var token = bench.Write(SigningAlgorithm.RS256);
        var text = token[..token.LastIndexOf('.')];
        var signature = bench.Signature(text, SigningAlgorithm.RS256);

        bench.Takes($"{text}.{Base64UrlText.Encode(signature)}");
        bench.Refuses(AccessTokenFault.BadSignature, $"{text}.{Base64UrlText.Encode([0, .. signature])}");
        bench.Refuses(
            AccessTokenFault.BadSignature,
            $"{text}.{Base64UrlText.Encode(signature.AsSpan(0, signature.Length - 1))}"
        );
    }

    private static string Encode(JsonObject json) => Base64UrlText.Encode(Encoding.UTF8.GetBytes(json.ToJsonString()));

    private static IEnumerable<byte[]> PublicKeys(TokenBench bench, SigningAlgorithm algorithm)
    {
        AsymmetricAlgorithm key = algorithm is SigningAlgorithm.RS256 ? RSA.Create() : ECDsa.Create();
        using (key)
        {
            key.ImportPkcs8PrivateKey(bench.PrivateKey(algorithm), out _);
            yield return key.ExportSubjectPublicKeyInfo();
            yield return Encoding.ASCII.GetBytes(key.ExportSubjectPublicKeyInfoPem());
            yield return Encoding.ASCII.GetBytes(key.ExportSubjectPublicKeyInfoPem() + "\n");
        }
    }
}
