using Microsoft.Extensions.Time.Testing;
using Turnstone.Limits;
using Turnstone.Model;

namespace Turnstone.Tests.Limits;

public sealed class LoginSteeringTests
{
    private readonly FakeTimeProvider time = new();

    private LoginSteering Steering => new(new LoginSteeringSettings(), time);

    [Fact]
    public void Ten_logins_in_a_quarter_of_an_hour_and_the_next_is_told_to_refresh()
    {
        List<DateTimeOffset> opened = [];
        for (var i = 0; i < 10; i++)
        {
            Assert.True(Steering.Allowance().HasRoom(opened));
            opened.Add(time.Now);
            time.Advance(TimeSpan.FromMinutes(1));
        }

        var allowance = Steering.Allowance();
        Assert.False(allowance.HasRoom(opened));
        var refusal = Steering.Refused(allowance.Reached!.Value);

        Assert.Equal(RefusalCode.UseRefreshInstead, refusal.Code);
        Assert.Equal(TimeSpan.FromMinutes(5), refusal.RetryAfter);
        time.Advance(TimeSpan.FromMinutes(5));
        Assert.True(Steering.Allowance().HasRoom(opened));
    }

    [Fact]
    public void Logins_from_before_the_clock_was_set_back_do_not_count() =>
        Assert.True(Steering.Allowance().HasRoom(Enumerable.Repeat(time.Now.AddHours(1), 10)));
}
