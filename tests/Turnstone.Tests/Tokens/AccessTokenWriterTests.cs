using System.Text;
using Turnstone.Model;

namespace Turnstone.Tests.Tokens;

public sealed class AccessTokenWriterTests
{
    [Theory]
    [InlineData(SigningAlgorithm.ES256, "JWT")]
    [InlineData(SigningAlgorithm.RS256, "JWT")]
    [InlineData(SigningAlgorithm.ES256, "at+jwt")]
    public async Task The_header_is_typ_alg_kid_in_that_order(SigningAlgorithm algorithm, string type)
    {
        var bench = await TokenBench.StartAsync();

        Assert.Equal(
            $$"""{"typ":"{{type}}","alg":"{{algorithm}}","kid":"{{bench.Kid(algorithm)}}"}""",
            Part(bench.Write(algorithm, type), 0)
        );
    }

    [Fact]
    public async Task An_RS256_token_begins_as_the_contract_shows()
    {
        var bench = await TokenBench.StartAsync();

        Assert.StartsWith(
            "eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiIsImtpZCI6I",
            bench.Write(SigningAlgorithm.RS256),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task The_claims_come_in_their_order_in_whole_seconds_and_without_nbf()
    {
        var bench = await TokenBench.StartAsync();
        bench.Time.Advance(TimeSpan.FromMilliseconds(750));

        var iat = bench.Time.Now.ToUnixTimeSeconds();
        Assert.Equal(
            $$"""
            {"iss":"https://tokens.example.test","sub":"ada","aud":"https://api.example.test","client_id":"shop",
            "iat":{{iat}},"exp":{{iat + 900}},"jti":"token-1","sid":"{{bench.Session}}",
            "scope":"individuals.read profile"}
            """.ReplaceLineEndings(""),
            Part(bench.Write(), 1)
        );
    }

    [Fact]
    public async Task A_token_of_no_client_has_no_client_id()
    {
        var bench = await TokenBench.StartAsync();

        var token = bench.Writer.Write(bench.Claims() with { ClientId = null }, SigningAlgorithm.ES256, "JWT");

        Assert.DoesNotContain("client_id", Part(token, 1), StringComparison.Ordinal);
        Assert.Null(bench.Takes(token).ClientId);
    }

    [Theory]
    [InlineData(SigningAlgorithm.ES256, 86)]
    [InlineData(SigningAlgorithm.RS256, 342)]
    public async Task A_signature_has_the_length_of_its_algorithm(SigningAlgorithm algorithm, int characters)
    {
        var bench = await TokenBench.StartAsync();

        Assert.Equal(characters, bench.Write(algorithm).Split('.')[2].Length);
    }

    [Fact]
    public async Task Many_threads_write_at_once_and_every_token_is_its_own()
    {
        var bench = await TokenBench.StartAsync();
        var tokens = new string[400];

        Parallel.For(
            0,
            tokens.Length,
            new ParallelOptions
            {
                MaxDegreeOfParallelism = 16,
                CancellationToken = TestContext.Current.CancellationToken,
            },
            i =>
                tokens[i] = bench.Writer.Write(
                    bench.Claims() with
                    {
                        TokenId = $"token-{i}",
                        Subject = new string('s', i % 50) + "x",
                    },
                    i % 8 == 0 ? SigningAlgorithm.RS256 : SigningAlgorithm.ES256,
                    "JWT"
                )
        );

        Assert.All(tokens, (token, i) => Assert.Equal($"token-{i}", bench.Takes(token).TokenId));
    }

    private static string Part(string token, int part)
    {
        Assert.True(Base64UrlText.TryDecode(token.Split('.')[part], out var bytes));
        return Encoding.UTF8.GetString(bytes);
    }
}
