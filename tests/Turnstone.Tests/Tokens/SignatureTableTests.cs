using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using Turnstone.Model;
using Turnstone.Tokens;

namespace Turnstone.Tests.Tokens;

/// <summary>
/// Signatures of access tokens in the manner of Project Wycheproof; those of assertions and DPoP proofs have tables of
/// their own.
/// </summary>
public sealed class SignatureTableTests
{
    // FIPS 186-5, P-256.
    private static readonly BigInteger Order = BigInteger.Parse(
        "115792089210356248762697446949407573529996955224135760342422259061068512044369",
        System.Globalization.CultureInfo.InvariantCulture
    );

    [Fact]
    public async Task Numbers_that_are_zero_or_not_below_the_order_are_no_signature()
    {
        var bench = await TokenBench.StartAsync();
        var (text, good) = Signed(bench, SigningAlgorithm.ES256);
        var (r, s) = (Number(good[..32]), Number(good[32..]));
        BigInteger[] odd = [BigInteger.Zero, BigInteger.One, Order - 1, Order, Order + 1, (BigInteger.One << 256) - 1];
        Assert.All(
            odd,
            number =>
            {
                Refuses(bench, text, [.. Bytes(number), .. Bytes(s)]);
                Refuses(bench, text, [.. Bytes(r), .. Bytes(number)]);
                Refuses(bench, text, [.. Bytes(number), .. Bytes(number)]);
            }
        );

        // The same numbers elsewhere: each other's place, and what is congruent to them.
        Refuses(bench, text, [.. Bytes(s), .. Bytes(r)]);
        Refuses(bench, text, [.. Bytes(Order - r), .. Bytes(s)]);
        Refuses(bench, text, [.. Bytes(Order - r), .. Bytes(Order - s)]);
    }

    [Fact]
    public async Task The_twin_of_an_ECDSA_signature_is_the_same_token()
    {
        var bench = await TokenBench.StartAsync();
        var (text, good) = Signed(bench, SigningAlgorithm.ES256);

        // Whoever has the one can compute the other (RFC 7515 does not forbid it): nothing here tells tokens apart by
        // their signatures.
        var twin = bench.Takes(Token(text, [.. good[..32], .. Bytes(Order - Number(good[32..]))]));

        Assert.Equal(bench.Takes(Token(text, good)).TokenId, twin.TokenId);
        bench.Revoke(bench.Session, bench.Time.GetUtcNow().AddHours(1));
        bench.Refuses(AccessTokenFault.Revoked, Token(text, [.. good[..32], .. Bytes(Order - Number(good[32..]))]));
    }

    [Fact]
    public async Task Another_shape_or_length_is_no_signature()
    {
        var bench = await TokenBench.StartAsync();
        var (ecText, ec) = Signed(bench, SigningAlgorithm.ES256);
        var (rsaText, rsa) = Signed(bench, SigningAlgorithm.RS256);
        byte[] bare = [0x30, 0x44, 0x02, 0x20, .. ec[..32], 0x02, 0x20, .. ec[32..]];
        byte[] padded = [0x30, 0x46, 0x02, 0x21, 0, .. ec[..32], 0x02, 0x21, 0, .. ec[32..]];
        byte[] longForm = [0x30, 0x81, 0x44, 0x02, 0x20, .. ec[..32], 0x02, 0x20, .. ec[32..]];
        byte[] wide = [.. new byte[16], .. ec[..32], .. new byte[16], .. ec[32..]];

        Assert.All(
            [bare, padded, longForm, wide, ec[..63], ec[1..], [.. ec, 0], [0, .. ec], ec[..32], rsa],
            odd => Refuses(bench, ecText, odd)
        );
        Assert.All(
            [rsa[..^1], rsa[1..], [.. rsa, 0], [0, .. rsa], new byte[rsa.Length], ec],
            odd => Refuses(bench, rsaText, odd)
        );
    }

    [Fact]
    public async Task Another_padding_or_hash_of_RSA_is_refused()
    {
        var bench = await TokenBench.StartAsync();
        var (text, _) = Signed(bench, SigningAlgorithm.RS256);
        var data = Encoding.ASCII.GetBytes(text);
        using var rsa = RSA.Create();
        rsa.ImportPkcs8PrivateKey(bench.PrivateKey(SigningAlgorithm.RS256), out _);

        Refuses(bench, text, rsa.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pss));
        foreach (var hash in new[] { HashAlgorithmName.SHA1, HashAlgorithmName.SHA384, HashAlgorithmName.SHA512 })
        {
            Refuses(bench, text, rsa.SignData(data, hash, RSASignaturePadding.Pkcs1));
        }

        // PKCS#1 v1.5 by hand: without the algorithm's name, with too little padding, and with what follows the hash.
        var digest = SHA256.HashData(data);
        byte[] name = [0x30, 0x31, 0x30, 0x0d, 0x06, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1, 5, 0, 4, 0x20];
        Refuses(bench, text, Raw(rsa, digest, padding: 256 - 3 - digest.Length));
        Refuses(bench, text, Raw(rsa, [.. name, .. digest, .. new byte[194]], padding: 8));
        Assert.NotNull(bench.Takes(Token(text, Raw(rsa, [.. name, .. digest], padding: 256 - 3 - 51))));
    }

    [Theory]
    [InlineData("nistP384")]
    [InlineData("nistP521")]
    public async Task A_key_of_another_curve_signs_nothing_in_the_name_of_ours(string curve)
    {
        var bench = await TokenBench.StartAsync();
        var (text, _) = Signed(bench, SigningAlgorithm.ES256);
        using var other = ECDsa.Create(ECCurve.CreateFromFriendlyName(curve));

        Refuses(bench, text, other.SignData(Encoding.ASCII.GetBytes(text), HashAlgorithmName.SHA256));
    }

    [Theory]
    [InlineData(512)]
    [InlineData(1024)]
    public async Task A_short_RSA_key_signs_nothing_in_the_name_of_ours(int bits)
    {
        var bench = await TokenBench.StartAsync();
        var (text, _) = Signed(bench, SigningAlgorithm.RS256);
        using var other = RSA.Create(bits);
        var signature = other.SignData(
            Encoding.ASCII.GetBytes(text),
            HashAlgorithmName.SHA256,
            RSASignaturePadding.Pkcs1
        );

        Refuses(bench, text, signature);
        Refuses(bench, text, [.. new byte[256 - signature.Length], .. signature]);
    }

    private static (string Text, byte[] Signature) Signed(TokenBench bench, SigningAlgorithm algorithm)
    {
        var token = bench.WithHeader(_ => { }, algorithm);
        var text = token[..token.LastIndexOf('.')];
        return (text, bench.Signature(text, algorithm));
    }

    // 00 01 FF … FF 00 and the rest, to the power of the private exponent.
    private static byte[] Raw(RSA key, byte[] rest, int padding)
    {
        byte[] block = [0, 1, .. Enumerable.Repeat((byte)0xFF, padding), 0, .. rest];
        Assert.Equal(256, block.Length);
        var numbers = key.ExportParameters(includePrivateParameters: true);
        var signature = BigInteger.ModPow(Number(block), Number(numbers.D!), Number(numbers.Modulus!));
        var bytes = signature.ToByteArray(isUnsigned: true, isBigEndian: true);
        return [.. new byte[256 - bytes.Length], .. bytes];
    }

    private static void Refuses(TokenBench bench, string text, byte[] signature) =>
        bench.Refuses(AccessTokenFault.BadSignature, Token(text, signature));

    private static string Token(string text, byte[] signature) => $"{text}.{Base64UrlText.Encode(signature)}";

    private static BigInteger Number(byte[] bytes) => new(bytes, isUnsigned: true, isBigEndian: true);

    private static byte[] Bytes(BigInteger number)
    {
        var bytes = number.ToByteArray(isUnsigned: true, isBigEndian: true);
        return [.. new byte[32 - bytes.Length], .. bytes];
    }
}
