using Turnstone.Server.Accounts;

namespace Turnstone.Server.Tests.Accounts;

public sealed class TotpTests
{
    // RFC 6238, appendix B: the SHA-1 key "12345678901234567890", and the last six of the eight digits there.
    private const string Key = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

    [Theory]
    [InlineData(59, "287082")]
    [InlineData(1111111109, "081804")]
    [InlineData(1111111111, "050471")]
    [InlineData(1234567890, "005924")]
    [InlineData(2000000000, "279037")]
    [InlineData(20000000000, "353130")]
    public void The_codes_of_the_standard_are_right_at_their_time(long seconds, string code)
    {
        Assert.Equal(seconds / 30, Totp.StepOf(code, Key, DateTimeOffset.FromUnixTimeSeconds(seconds)));
        Assert.Equal(code, Authenticator.Code(Key, DateTimeOffset.FromUnixTimeSeconds(seconds)));
    }

    [Theory]
    [InlineData(-60, false)]
    [InlineData(-30, true)]
    [InlineData(0, true)]
    [InlineData(30, true)]
    [InlineData(60, false)]
    public void A_clock_may_be_one_step_off(int seconds, bool good)
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(1_900_000_000);
        Assert.Equal(good, Totp.StepOf(Authenticator.Code(Key, now.AddSeconds(seconds)), Key, now) is not null);
    }

    [Theory]
    [InlineData("")]
    [InlineData("28708")]
    [InlineData("2870820")]
    [InlineData("٢٨٧٠٨٢")]
    public void What_is_no_code_is_none(string code) =>
        Assert.Null(Totp.StepOf(code, Key, DateTimeOffset.FromUnixTimeSeconds(59)));
}
