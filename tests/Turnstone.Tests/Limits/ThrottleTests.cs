using Turnstone.Limits;
using Turnstone.Model;

namespace Turnstone.Tests.Limits;

public sealed class ThrottleTests
{
    private readonly FakeMachineClock time = new();

    [Fact]
    public void So_many_at_once_and_then_one_each_share_of_the_window()
    {
        var throttle = Make(5);
        for (var i = 0; i < 5; i++)
        {
            Assert.Null(throttle.Take("a"));
        }

        Assert.Equal(TimeSpan.FromSeconds(12), throttle.Take("a"));
        time.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal(TimeSpan.FromSeconds(1), throttle.Take("a"));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(throttle.Take("a"));
        Assert.NotNull(throttle.Take("a"));
    }

    [Fact]
    public void A_quiet_key_gets_no_more_than_its_burst()
    {
        var throttle = Make(5);
        throttle.Take("a");
        time.Advance(TimeSpan.FromDays(1));

        Assert.Equal(5, Enumerable.Range(0, 10).Count(_ => throttle.Take("a") is null));
    }

    [Fact]
    public void A_clock_that_is_set_back_takes_nothing_from_a_bucket_and_gives_nothing_to_it()
    {
        var throttle = Make(2);
        throttle.Take("a");
        time.SetBack(TimeSpan.FromHours(1));

        Assert.Null(throttle.Take("a"));
        Assert.Equal(TimeSpan.FromSeconds(30), throttle.Take("a"));
        time.Advance(TimeSpan.FromSeconds(30));
        Assert.Null(throttle.Take("a"));
    }

    [Fact]
    public void Keys_do_not_touch_each_other()
    {
        var throttle = Make(1);
        throttle.Take("a");

        Assert.NotNull(throttle.Take("a"));
        Assert.Null(throttle.Take("b"));
    }

    [Fact]
    public void Asking_takes_nothing_and_putting_back_gives_one()
    {
        var throttle = Make(2);
        Assert.All(Enumerable.Range(0, 10), _ => Assert.Null(throttle.Wait("a")));
        throttle.Take("a");
        throttle.Take("a");
        Assert.NotNull(throttle.Wait("a"));

        throttle.PutBack("a");
        Assert.Null(throttle.Take("a"));
        Assert.NotNull(throttle.Take("a"));
    }

    [Fact]
    public void Putting_back_more_than_was_taken_gives_no_more_than_the_burst()
    {
        var throttle = Make(2);
        throttle.Take("a");
        for (var i = 0; i < 10; i++)
        {
            throttle.PutBack("a");
        }

        Assert.Equal(2, Enumerable.Range(0, 10).Count(_ => throttle.Take("a") is null));
    }

    [Fact]
    public void A_flood_of_fresh_keys_gives_a_spent_one_nothing_back()
    {
        var throttle = Make(5, slots: 64);
        while (throttle.Take("attacker") is null) { }

        for (var i = 0; i < 10_000; i++)
        {
            throttle.Take($"fresh {i}");
        }

        Assert.NotNull(throttle.Take("attacker"));
    }

    [Fact]
    public void Under_a_flood_no_key_ever_gets_more_than_its_burst()
    {
        var throttle = Make(5, slots: 64);
        var taken = new int[1000];
        for (var round = 0; round < 20; round++)
        {
            for (var i = 0; i < taken.Length; i++)
            {
                taken[i] += throttle.Take($"{i}") is null ? 1 : 0;
            }
        }

        Assert.InRange(taken.Max(), 1, 5);
    }

    [Fact]
    public void A_newcomer_takes_the_place_of_the_one_who_spent_least_and_not_of_a_spent_one()
    {
        var throttle = Make(5, slots: 256);
        for (var spent = 0; spent < 10; spent++)
        {
            while (throttle.Take($"spent {spent}") is null) { }
        }

        Assert.All(Enumerable.Range(0, 30), i => Assert.Null(throttle.Take($"fresh {i}")));
    }

    [Fact]
    public void After_a_flood_the_slots_are_everyones_again()
    {
        var throttle = Make(5, slots: 64);
        for (var i = 0; i < 10_000; i++)
        {
            throttle.Take($"fresh {i}");
        }

        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(5, Enumerable.Range(0, 10).Count(_ => throttle.Take("newcomer") is null));
    }

    [Fact]
    public void Side_by_side_no_more_than_the_burst_gets_through()
    {
        var throttle = Make(100);
        var taken = 0;
        Parallel.For(
            0,
            10_000,
            _ =>
            {
                if (throttle.Take("a") is null)
                {
                    Interlocked.Increment(ref taken);
                }
            }
        );

        Assert.Equal(100, taken);
    }

    [Theory]
    [InlineData(0, 60)]
    [InlineData(5, 0)]
    public void A_limit_of_nothing_is_refused(int count, int seconds) =>
        Assert.Throws<ArgumentException>(() =>
            new Throttle(new RateLimit(count, TimeSpan.FromSeconds(seconds)), RandomSource.System, time)
        );

    private Throttle Make(int count, int slots = Throttle.DefaultSlots) =>
        new(new RateLimit(count, TimeSpan.FromMinutes(1)), RandomSource.System, time, slots);
}
