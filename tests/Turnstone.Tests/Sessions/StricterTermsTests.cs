using Turnstone.Sessions;

namespace Turnstone.Tests.Sessions;

public sealed class StricterTermsTests
{
    private static readonly Terms Loose = new()
    {
        Contract = "auth",
        Name = "One",
        AccessLifetime = TimeSpan.FromHours(12),
        RefreshLifetime = TimeSpan.FromDays(14),
        RetryWindow = TimeSpan.FromSeconds(10),
    };

    private static readonly Terms Strict = Loose with
    {
        Name = "Two",
        AccessLifetime = TimeSpan.FromHours(1),
        RefreshLifetime = TimeSpan.FromDays(1),
        Sliding = false,
        AbsoluteLifetime = TimeSpan.FromDays(30),
        RetryWindow = TimeSpan.Zero,
        Copies = SuspectedCopy.End,
        Early = EarlyRefresh.Reject,
    };

    [Fact]
    public void Of_each_rule_the_stricter_holds_whichever_comes_first()
    {
        Assert.Equal(Strict with { Name = Loose.Name }, Loose.StricterOf(Strict));
        Assert.Equal(Strict, Strict.StricterOf(Loose));
    }

    [Theory]
    [InlineData(EarlyRefresh.Allow, EarlyRefresh.Allow, EarlyRefresh.Allow)]
    [InlineData(EarlyRefresh.Allow, EarlyRefresh.Current, EarlyRefresh.Current)]
    [InlineData(EarlyRefresh.Current, EarlyRefresh.Reject, EarlyRefresh.Reject)]
    [InlineData(EarlyRefresh.Allow, EarlyRefresh.Reject, EarlyRefresh.Reject)]
    public void Reject_is_over_current_and_current_over_allow(EarlyRefresh one, EarlyRefresh other, EarlyRefresh both)
    {
        Assert.Equal(both, (Loose with { Early = one }).StricterOf(Loose with { Early = other }).Early);
        Assert.Equal(both, (Loose with { Early = other }).StricterOf(Loose with { Early = one }).Early);
    }

    [Fact]
    public void Of_two_absolute_ends_the_earlier_holds()
    {
        var month = Loose with { AbsoluteLifetime = TimeSpan.FromDays(30) };
        var week = Loose with { AbsoluteLifetime = TimeSpan.FromDays(7) };

        Assert.Equal(TimeSpan.FromDays(7), month.StricterOf(week).AbsoluteLifetime);
        Assert.Equal(TimeSpan.FromDays(30), Loose.StricterOf(month).AbsoluteLifetime);
    }
}
