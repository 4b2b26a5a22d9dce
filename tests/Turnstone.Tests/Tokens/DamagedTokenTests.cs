using System.Text;
using Turnstone.Model;
using Turnstone.Tokens;

namespace Turnstone.Tests.Tokens;

/// <summary>
/// Texts that are nearly a token. Each is signed where it can be, so that what refuses it is the form and not the
/// signature.
/// </summary>
public sealed class DamagedTokenTests
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    [Theory]
    [InlineData(SigningAlgorithm.ES256)]
    [InlineData(SigningAlgorithm.RS256)]
    public async Task A_byte_changed_anywhere_is_refused(SigningAlgorithm algorithm)
    {
        var bench = await TokenBench.StartAsync();
        var token = bench.Write(algorithm);
        bench.Takes(token);

        for (var i = 0; i < token.Length; i++)
        {
            var next = Alphabet[(Alphabet.IndexOf(token[i], StringComparison.Ordinal) + 1) % Alphabet.Length];
            foreach (
                var other in new[] { next, (char)(token[i] ^ 0x20), '.', '=', '\0', 'é' }.Where(c => c != token[i])
            )
            {
                Assert.NotNull(bench.Reader.Read($"{token[..i]}{other}{token[(i + 1)..]}").Fault);
            }
        }
    }

    [Fact]
    public async Task A_byte_left_out_or_put_in_anywhere_is_refused()
    {
        var bench = await TokenBench.StartAsync();
        var token = bench.Write();

        for (var i = 0; i < token.Length; i++)
        {
            Assert.NotNull(bench.Reader.Read(token.Remove(i, 1)).Fault);
            Assert.NotNull(bench.Reader.Read(token.Insert(i, "A")).Fault);
        }
    }

    [Fact]
    public async Task Text_around_a_token_is_refused()
    {
        var bench = await TokenBench.StartAsync();
        var token = bench.Write();

        foreach (
            var near in new[]
            {
                $" {token}",
                $"{token} ",
                $"{token}\n",
                $"Bearer {token}",
                $"{token}.",
                $".{token}",
                $"{token}..",
                $"{token}.AAAA",
                $"\uFEFF{token}",
            }
        )
        {
            bench.Refuses(AccessTokenFault.Malformed, near);
        }
    }

    [Fact]
    public async Task An_empty_part_is_refused()
    {
        var bench = await TokenBench.StartAsync();
        var parts = bench.Write().Split('.');

        foreach (
            var near in new[]
            {
                $".{parts[1]}.{parts[2]}",
                $"{parts[0]}..{parts[2]}",
                $"{parts[0]}.{parts[1]}.",
                "..",
                ".",
                $"{parts[0]}..",
                $"{parts[0]}.{parts[1]}",
                parts[0],
                bench.SignText($".{parts[1]}"),
                bench.SignText($"{parts[0]}."),
            }
        )
        {
            bench.Refuses(AccessTokenFault.Malformed, near);
        }
    }

    [Fact]
    public async Task Base64url_that_is_not_canonical_is_refused_even_when_it_is_signed()
    {
        var bench = await TokenBench.StartAsync();

        // One byte more than a multiple of three leaves four unused bits in the last character.
        var payload = bench.Payload().ToJsonString();
        var bytes = Encoding.UTF8.GetBytes(payload.PadRight((payload.Length + 2) / 3 * 3) + " ");
        var header = Base64UrlText.Encode(Encoding.UTF8.GetBytes(bench.Header().ToJsonString()));
        var body = Base64UrlText.Encode(bytes);
        Assert.NotEqual(0, body.Length % 4);
        bench.Takes(bench.SignText($"{header}.{body}"));

        var twin = body[..^1] + Alphabet[Alphabet.IndexOf(body[^1], StringComparison.Ordinal) + 1];
        bench.Refuses(AccessTokenFault.Malformed, bench.SignText($"{header}.{twin}"));
        bench.Refuses(
            AccessTokenFault.Malformed,
            bench.SignText($"{header}.{body}{new string('=', 4 - (body.Length % 4))}")
        );
        bench.Refuses(AccessTokenFault.Malformed, bench.SignText($"{header}.{body}\n"));
    }

    [Fact]
    public async Task The_alphabet_of_plain_base64_is_refused_even_when_it_is_signed()
    {
        var bench = await TokenBench.StartAsync();
        var payload = Encoding.UTF8.GetBytes(bench.Payload().ToJsonString()[..^1] + ",\"x\":\"???>>>~~~ooo\"}");
        var header = Base64UrlText.Encode(Encoding.UTF8.GetBytes(bench.Header().ToJsonString()));
        var plain = Convert.ToBase64String(payload).TrimEnd('=');
        Assert.Contains('/', plain);
        bench.Takes(bench.SignText($"{header}.{Base64UrlText.Encode(payload)}"));

        bench.Refuses(AccessTokenFault.Malformed, bench.SignText($"{header}.{plain}"));
    }

    [Theory]
    [InlineData("\"kid\":\"other\",")]
    [InlineData("\"alg\":\"none\",")]
    [InlineData("\"\\u0061lg\":\"ES256\",")]
    public async Task A_header_member_that_occurs_twice_is_refused(string member)
    {
        var bench = await TokenBench.StartAsync();

        bench.Refuses(
            AccessTokenFault.Malformed,
            bench.Sign("{" + member + bench.Header().ToJsonString()[1..], bench.Payload().ToJsonString())
        );
    }

    [Theory]
    [InlineData("\"sub\":\"admin\",")]
    [InlineData("\"s\\u0075b\":\"admin\",")]
    [InlineData("\"exp\":9999999999,")]
    [InlineData("\"unknown\":1,\"unknown\":1,")]
    [InlineData("\"deep\":{\"a\":1,\"a\":2},")]
    public async Task A_claim_that_occurs_twice_is_refused(string member)
    {
        var bench = await TokenBench.StartAsync();

        bench.Refuses(
            AccessTokenFault.Malformed,
            bench.Sign(bench.Header().ToJsonString(), "{" + member + bench.Payload().ToJsonString()[1..])
        );
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("\"text\"")]
    [InlineData("{")]
    [InlineData("{}{}")]
    [InlineData("{\"a\":1,}")]
    [InlineData("{/* */}")]
    [InlineData("{\"\\ud800\":1}")]
    [InlineData("{\"a\":[[[[[[[[[[[[1]]]]]]]]]]]]}")]
    public async Task A_part_that_is_no_JSON_object_is_refused(string json)
    {
        var bench = await TokenBench.StartAsync();

        Assert.NotNull(bench.Reader.Read(bench.Sign(json, bench.Payload().ToJsonString())).Fault);
        Assert.NotNull(bench.Reader.Read(bench.Sign(bench.Header().ToJsonString(), json)).Fault);
    }

    [Fact]
    public async Task Bytes_that_are_no_UTF8_are_refused_even_when_they_are_signed()
    {
        var bench = await TokenBench.StartAsync();
        var header = Encoding.UTF8.GetBytes(bench.Header().ToJsonString());
        var payload = Encoding.UTF8.GetBytes(bench.Payload().ToJsonString()[..^1] + ",\"x\":\"?\"}");
        bench.Takes(bench.Sign(header, payload));

        payload[^3] = 0xFF;
        bench.Refuses(AccessTokenFault.Malformed, bench.Sign(header, payload));
    }

    [Fact]
    public async Task A_byte_order_mark_is_refused()
    {
        var bench = await TokenBench.StartAsync();

        bench.Refuses(
            AccessTokenFault.Malformed,
            bench.Sign(bench.Header().ToJsonString(), "\uFEFF" + bench.Payload().ToJsonString())
        );
    }

    [Fact]
    public async Task A_token_over_8_KiB_is_refused_and_one_just_under_is_read()
    {
        var bench = await TokenBench.StartAsync();
        string Sized(int filler) => bench.WithClaims(claims => claims["x"] = new string('x', filler));
        var filler = 5600;
        while (Sized(filler + 1).Length <= AccessTokenReader.LongestToken)
        {
            filler++;
        }

        Assert.InRange(Sized(filler).Length, AccessTokenReader.LongestToken - 2, AccessTokenReader.LongestToken);
        bench.Takes(Sized(filler));
        bench.Refuses(AccessTokenFault.TooLarge, Sized(filler + 1));
        bench.Refuses(AccessTokenFault.TooLarge, new string('A', 10_000_000));
    }

    [Theory]
    [InlineData("a")]
    [InlineData("a.b.c")]
    [InlineData("AAAA.AAAA.AAAA")]
    [InlineData("tsr_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("💥.💥.💥")]
    public async Task What_is_no_token_at_all_is_malformed(string text)
    {
        var bench = await TokenBench.StartAsync();

        bench.Refuses(AccessTokenFault.Malformed, text);
    }
}
