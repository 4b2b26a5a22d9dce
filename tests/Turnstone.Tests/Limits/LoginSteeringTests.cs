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
            Assert.Null(Steering.Allowance().FullSince(opened));
            opened.Add(time.Now);
            time.Advance(TimeSpan.FromMinutes(1));
        }

        var allowance = Steering.Allowance();
        var refusal = Steering.Refused(allowance.FullSince(opened)!.Value);

        Assert.Equal(RefusalCode.UseRefreshInstead, refusal.Code);
        Assert.Equal(TimeSpan.FromMinutes(5), refusal.RetryAfter);
        time.Advance(TimeSpan.FromMinutes(5));
        Assert.Null(Steering.Allowance().FullSince(opened));
    }

    [Fact]
    public void Logins_from_before_the_clock_was_set_back_do_not_count() =>
        Assert.Null(Steering.Allowance().FullSince(Enumerable.Repeat(time.Now.AddHours(1), 10)));
}
