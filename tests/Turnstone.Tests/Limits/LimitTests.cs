using System.Net;
using Microsoft.Extensions.Time.Testing;
using Turnstone.Limits;
using Turnstone.Model;

namespace Turnstone.Tests.Limits;

public sealed class LimitTests
{
    private readonly FakeTimeProvider time = new();

    [Fact]
    public void A_credential_has_its_own_limit()
    {
        var limits = new RequestLimits(
            new RequestLimitSettings { PerCredential = new(60, TimeSpan.FromMinutes(1)) },
            RandomSource.System,
            time
        );

        Assert.Equal(60, Enumerable.Range(0, 100).Count(_ => limits.Take("client:shop") is null));
        var refusal = limits.Take("client:shop");
        Assert.Equal((RefusalCode.TooManyAttempts, 1), (refusal!.Code, refusal.RetryAfterSeconds));
        Assert.Null(limits.Take("client:other"));
    }

    [Fact]
    public void An_account_makes_so_many_things_an_hour_and_leaves_the_others_theirs()
    {
        var limits = new RequestLimits(
            new RequestLimitSettings { CreationsPerAccount = new(3, TimeSpan.FromHours(1)) },
            RandomSource.System,
            time
        );
        var (ada, bob) = (RandomSource.System.NewId(time.Now), RandomSource.System.NewId(time.Now));

        Assert.Equal(3, Enumerable.Range(0, 9).Count(_ => limits.TakeCreation(ada) is null));
        Assert.Equal(
            (RefusalCode.TooManyAttempts, 1200),
            (limits.TakeCreation(ada)!.Code, limits.TakeCreation(ada)!.RetryAfterSeconds)
        );
        Assert.Null(limits.TakeCreation(bob));
        time.Advance(TimeSpan.FromMinutes(20));
        Assert.Null(limits.TakeCreation(ada));
    }

    [Fact]
    public void A_client_gives_back_so_many_tokens_an_hour_and_leaves_the_others_theirs()
    {
        var limits = new RequestLimits(
            new RequestLimitSettings { RevocationsPerClient = new(3, TimeSpan.FromHours(1)) },
            RandomSource.System,
            time
        );

        Assert.Equal(3, Enumerable.Range(0, 9).Count(_ => limits.TakeRevocation("shop") is null));
        Assert.Equal(
            (RefusalCode.TooManyAttempts, 1200),
            (limits.TakeRevocation("shop")!.Code, limits.TakeRevocation("shop")!.RetryAfterSeconds)
        );
        Assert.Null(limits.TakeRevocation("other"));
    }

    [Fact]
    public void A_network_is_closed_by_its_failures_and_by_nothing_else()
    {
        var limits = new RequestLimits(
            new RequestLimitSettings { FailuresPerNetwork = new RateLimit(300, TimeSpan.FromMinutes(1)) },
            RandomSource.System,
            time
        );
        for (var i = 0; i < 10_000; i++)
        {
            Assert.Null(limits.CheckNetwork("Password", "192.0.2.1"));
        }

        for (var i = 0; i < 300; i++)
        {
            Assert.Null(limits.CheckNetwork("Password", "192.0.2.1"));
            limits.Failed("Password", "192.0.2.1");
        }

        Assert.Equal(RefusalCode.TooManyAttempts, limits.CheckNetwork("Password", "192.0.2.1")?.Code);
        Assert.Null(limits.CheckNetwork("Password", "192.0.2.2"));
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(limits.CheckNetwork("Password", "192.0.2.1"));
    }

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1")]
    [InlineData("::ffff:192.0.2.1", "192.0.2.1")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64")]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2::/64")]
    [InlineData("2001:db8:1:3::1", "2001:db8:1:3::/64")]
    [InlineData("::1", "::/64")]
    [InlineData("unknown", "unknown")]
    public void A_network_is_an_IPv4_address_or_an_IPv6_subscriber(string address, string expected)
    {
        Assert.Equal(expected, NetworkPrefix.Of(address));
        if (IPAddress.TryParse(address, out var parsed))
        {
            Assert.Equal(expected, NetworkPrefix.Of(parsed));
        }
    }
}
