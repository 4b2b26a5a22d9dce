using Turnstone.Model;
using Turnstone.Sessions;
using Turnstone.Tokens;

namespace Turnstone.Tests.Tokens;

/// <summary>A token that was proven once is remembered; what can change about it is asked again all the same.</summary>
public sealed class ProvenTokensTests
{
    [Fact]
    public async Task A_remembered_token_expires_like_any_other()
    {
        var bench = await TokenBench.StartAsync();
        var token = bench.Write();
        bench.Takes(token);
        Assert.Equal(1, bench.Reader.CachedTokens);

        bench.Time.Advance(TimeSpan.FromMinutes(16));

        bench.Refuses(AccessTokenFault.Expired, token);
    }

    [Fact]
    public async Task A_remembered_token_dies_with_its_session()
    {
        var bench = await TokenBench.StartAsync();
        var token = bench.Write();
        bench.Takes(token);

        bench.Revoke(bench.Session, bench.Time.Now.AddMinutes(15));

        bench.Refuses(AccessTokenFault.Revoked, token);
    }

    [Fact]
    public async Task A_remembered_token_dies_with_its_key()
    {
        var bench = await TokenBench.StartAsync();
        var token = bench.Write();
        bench.Takes(token);

        await bench.Ring.RetireAsync(
            bench.Kid(SigningAlgorithm.ES256),
            Caller.Operator,
            TestContext.Current.CancellationToken
        );

        bench.Refuses(AccessTokenFault.UnknownKey, token);
    }

    [Fact]
    public async Task Forged_and_expired_tokens_are_not_remembered()
    {
        var bench = await TokenBench.StartAsync();
        var token = bench.Write();
        bench.Time.Advance(TimeSpan.FromHours(1));

        bench.Refuses(AccessTokenFault.Expired, token);
        bench.Refuses(AccessTokenFault.BadSignature, token[..^10] + "AAAAAAAAAA");

        Assert.Equal(0, bench.Reader.CachedTokens);
    }

    [Fact]
    public async Task Never_more_are_remembered_than_it_was_told_and_what_is_in_use_stays()
    {
        var bench = await TokenBench.StartAsync();
        var reader = bench.NewReader(cached: 10);
        var favourite = bench.Write();

        for (var i = 0; i < 50; i++)
        {
            Assert.Null(
                reader
                    .Read(
                        bench.Writer.Write(
                            bench.Claims() with
                            {
                                TokenId = $"token-{i}",
                            },
                            SigningAlgorithm.ES256,
                            "JWT"
                        )
                    )
                    .Fault
            );
            Assert.Null(reader.Read(favourite).Fault);
            Assert.InRange(reader.CachedTokens, 1, 10);
        }
    }
}
