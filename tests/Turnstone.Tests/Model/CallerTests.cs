using Turnstone.Model;

namespace Turnstone.Tests.Model;

public sealed class CallerTests
{
    [Fact]
    public void A_long_user_agent_is_cut_and_never_in_the_middle_of_a_character()
    {
        var caller = Caller.Of("192.0.2.1", new string('a', Caller.LongestUserAgent - 1) + "\U0001F600 and more");
        Assert.Equal(Caller.LongestUserAgent, caller.UserAgent!.Length);
        Assert.DoesNotContain(caller.UserAgent, char.IsSurrogate);
    }

    [Fact]
    public void What_a_database_cannot_hold_is_replaced() =>
        Assert.Equal("a\uFFFDb", Caller.Of("192.0.2.1", "a\0b").UserAgent);

    [Fact]
    public void An_empty_user_agent_is_none() => Assert.Null(Caller.Of(null, "").UserAgent);
}
